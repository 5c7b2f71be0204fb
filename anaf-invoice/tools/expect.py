#!/usr/bin/env python3
"""Writes FOLDER/expected.jsonl: what the official rules say of each document in it, in the golden documents' form.

usage: expect.py ORACLE_FOLDER FOLDER [-j N]        (needs saxonche and lxml; ORACLE_FOLDER holds oracle.py)
`agree.py FOLDER` beside the oracle then holds `validate --json` against it.
"""
import collections, glob, json, multiprocessing, os, sys

sys.path.insert(0, sys.argv[1])
import oracle

def expect(path):
    data = open(path, 'rb').read(); r = oracle.check(data)
    out = dict(file=os.path.basename(path), root=r['root'], xsd_valid=r['xsd_valid'], error=r['error'], counts=r['counts'])
    if r['error'] and r['error'].startswith('XML'): out.update(xsd_valid=False, tolerant_counts={}, dynamic_errors=[])
    elif r['error'] and r['error'].startswith('unsupported'): return None
    elif r['error']:
        t = oracle.check(data, tolerant=True, xsd=False)
        if t['error']: print(path, t['error'], file=sys.stderr); return None
        out.update(tolerant_counts=t['counts'], dynamic_errors=sorted({(e['id'], e['code'].split(':')[-1]) for e in t['dynamic_errors']}))
    return out

if __name__ == '__main__':
    jobs = int(sys.argv[sys.argv.index('-j') + 1]) if '-j' in sys.argv else 2
    files = sorted(glob.glob(os.path.join(sys.argv[2], '*.xml')))
    with multiprocessing.get_context('spawn').Pool(jobs) as pool, open(os.path.join(sys.argv[2], 'expected.jsonl'), 'w', encoding='utf-8') as f:
        for r in pool.imap(expect, files, chunksize=20):
            if r: f.write(json.dumps(r, ensure_ascii=False) + '\n')
