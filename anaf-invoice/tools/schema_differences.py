#!/usr/bin/env python3
"""Holds the schema verdicts of `validate --json` (standard input) against libxml2's.

usage: validate --json OUT/*.xml | schema_differences.py SCHEMAS_FOLDER        (needs lxml)
"""
import json, os, sys
from lxml import etree

U = 'urn:oasis:names:specification:ubl:schema:xsd:'
schemas = {k: etree.XMLSchema(etree.parse(os.path.join(sys.argv[1], 'ubl-2.1', 'maindoc', 'UBL-%s-2.1.xsd' % k))) for k in ('Invoice', 'CreditNote')}
total = wrong = valid = 0
for line in sys.stdin:
    got = json.loads(line); total += 1
    try:
        root = etree.parse(got['file'], etree.XMLParser(huge_tree=True)).getroot()
        q = etree.QName(root); s = schemas.get(q.localname)
        want = bool(s is not None and s.validate(root.getroottree())); why = [e.message for e in s.error_log][:3] if s is not None else []
    except (etree.XMLSyntaxError, OSError) as e: want, why = False, ['not well-formed: %s' % e]
    valid += want
    if want != got['schema_valid']:
        wrong += 1
        if wrong <= 40: print(got['file'], 'libxml2:', want, why, 'ours:', got['schema_valid'])
print('%d documents, %d valid, %d verdicts differ' % (total, valid, wrong))
sys.exit(1 if wrong else 0)
