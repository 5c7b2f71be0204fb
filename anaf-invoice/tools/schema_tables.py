#!/usr/bin/env python3
"""Writes src/schema/tables.rs: the content models of UBL 2.1 and its signature schemas, as facts.

usage: schema_tables.py SCHEMAS_FOLDER > src/schema/tables.rs        (needs lxml; run names.py first)
A type whose model is one sequence of elements becomes a list of particles; the few others become position automata
(Glushkov), where each position lists the positions that may follow it.
"""
import os, re, sys
from lxml import etree

XS = 'http://www.w3.org/2001/XMLSchema'; X = '{%s}' % XS
SIMPLE = {'string': 'String', 'normalizedString': 'NormalizedString', 'decimal': 'Decimal', 'integer': 'Integer',
          'boolean': 'Boolean', 'date': 'Date', 'time': 'Time', 'dateTime': 'DateTime', 'base64Binary': 'Base64',
          'anyURI': 'AnyUri', 'language': 'Language', 'ID': 'Id'}

def read_names(path):
    text = open(path, encoding='utf-8').read()
    uris = re.findall(r'"([^"]+)"', text.split('NAMESPACES')[1].split('];')[0])
    consts = re.findall(r'const (\w+): Ns = Ns\((\d+)\)', text)
    ns = {uris[int(n)]: c for c, n in consts}
    rows = re.findall(r'\(\s*Ns::(\w+),\s*"(\w+)",?\s*\)', text.split('NAMES: [')[1].split('];')[0])
    return ns, {row: i for i, row in enumerate(rows)}, re.findall(r'"(\w+)"', text.split('ATTRIBUTES: [')[1].split('];')[0])

class Schemas:
    def __init__(self, folder):
        self.types, self.elements, self.seen = {}, {}, set()
        for main in ('UBL-Invoice-2.1.xsd', 'UBL-CreditNote-2.1.xsd'): self.load(os.path.join(folder, 'maindoc', main), None)

    def load(self, path, chameleon):
        path = os.path.normpath(path)
        if path in self.seen: return
        self.seen.add(path)
        root = etree.parse(path, etree.XMLParser(remove_comments=True)).getroot(); target = root.get('targetNamespace') or chameleon
        for e in root:
            if e.tag in (X + 'import', X + 'include'): self.load(os.path.join(os.path.dirname(path), e.get('schemaLocation')), target)
            elif e.tag in (X + 'complexType', X + 'simpleType'): self.types[target, e.get('name')] = (e, target)
            elif e.tag == X + 'element':
                assert not e.get('nillable') and not e.get('substitutionGroup') and not e.get('abstract') and e.get('type'), e.get('name')
                self.elements[target, e.get('name')] = self.qname(e, e.get('type'), target)

    @staticmethod
    def qname(e, value, target):
        prefix, _, local = value.rpartition(':')
        uri = e.nsmap.get(prefix or None)
        return (uri if uri else target, local)

class Writer:
    def __init__(self, schemas, ns, names, attrs):
        self.s, self.ns, self.names, self.attrs = schemas, ns, names, attrs
        self.order = [('xs', 'anyType')] + [(XS, n) for n in SIMPLE]
        self.order += sorted(schemas.types, key=lambda q: (q[0] or '', q[1]))
        self.number = {q: i for i, q in enumerate(self.order)}; self.number[XS, 'anyType'] = 0
        self.automata = []

    def simple(self, q):
        """the Rust value for a simple type"""
        if q[0] == XS: return 'Simple::' + SIMPLE[q[1]]
        e, target = self.s.types[q]; assert e.tag == X + 'simpleType'
        r = e.find(X + 'restriction'); values = [v.get('value') for v in r.findall(X + 'enumeration')]
        if values: return 'Simple::Enumeration(&[%s])' % ', '.join('"%s"' % v for v in values)
        return self.simple(self.s.qname(r, r.get('base'), target))

    def attributes(self, q):
        """{name: (simple, required)}, inherited ones first"""
        if q[0] == XS or q not in self.s.types: return {}
        e, target = self.s.types[q]; out, holder = {}, e
        derivation = e.find('%ssimpleContent/*' % X) if e.find(X + 'simpleContent') is not None else e.find('%scomplexContent/*' % X)
        if derivation is not None: out = dict(self.attributes(self.s.qname(derivation, derivation.get('base'), target))); holder = derivation
        for a in holder.findall(X + 'attribute'): out[a.get('name')] = (self.simple(self.s.qname(a, a.get('type'), target)), a.get('use') == 'required')
        # The one anyAttribute (XAdES AnyType) is strict, and no schema here has global attributes: it allows nothing.
        return out

    def base(self, q):
        if q[0] in (XS, 'xs'): return 0
        e, target = self.s.types[q]
        for d in e.iter(X + 'extension', X + 'restriction'): return self.number[self.s.qname(d, d.get('base'), target)]
        return 0

    def content(self, q):
        if q == ('xs', 'anyType'): return 'Content::Automaton(&ANY_TYPE)'
        if q[0] == XS: return 'Content::Simple(%s)' % self.simple(q)
        e, target = self.s.types[q]
        if e.tag == X + 'simpleType': return 'Content::Simple(%s)' % self.simple(q)
        s = e.find(X + 'simpleContent')
        if s is not None:
            base = self.s.qname(s[-1], s[-1].get('base'), target)
            return 'Content::Simple(%s)' % self.simple(base) if base[0] == XS else self.content(base)
        c = e.find(X + 'complexContent')
        if c is not None:
            d = c[-1]; group = d.find(X + 'sequence')
            if d.tag == X + 'extension' and group is None: return self.content(self.s.qname(d, d.get('base'), target))
            # An extension adds to its base, a restriction replaces it.
            groups = [group]
            if d.tag == X + 'extension':
                b = self.s.types[self.s.qname(d, d.get('base'), target)][0]; groups = [b.find(X + 'sequence')] + groups
        else: groups = [g for g in (e.find(X + 'sequence'), e.find(X + 'choice')) if g is not None]
        mixed = e.get('mixed') == 'true'
        if not groups: return 'Content::Empty'
        rows = self.rows(groups[0], target) if len(groups) == 1 and not mixed else None
        if rows is not None: return 'Content::Sequence(const { &sequence([%s]) })' % ', '.join(rows)
        return self.automaton(groups, target, mixed)

    def term(self, p, target):
        if p.get('ref'):
            q = self.s.qname(p, p.get('ref'), target)
            return self.names[self.ns[q[0]], q[1]], self.number[self.s.elements[q]]
        if p.get('type') is None: return self.names[self.ns[target], p.get('name')], 0
        return self.names[self.ns[target], p.get('name')], self.number[self.s.qname(p, p.get('type'), target)]

    def rows(self, group, target):
        if group.tag != X + 'sequence' or group.get('minOccurs', '1') != '1' or group.get('maxOccurs', '1') != '1': return None
        out, seen = [], set()
        for p in group:
            if p.tag == X + 'annotation': continue
            if p.tag != X + 'element': return None
            name, kind = self.term(p, target); assert name not in seen; seen.add(name)
            occurs = {('1', '1'): 'ONE', ('0', '1'): 'OPTIONAL', ('0', 'unbounded'): 'ANY', ('1', 'unbounded'): 'SOME'}[p.get('minOccurs', '1'), p.get('maxOccurs', '1')]
            out.append('p(%d, %d, %s)' % (name, kind, occurs))
        return out

    def automaton(self, groups, target, mixed):
        terms, follow = [], {}
        def glushkov(p):
            """-> (nullable, first, last)"""
            if p.tag == X + 'element':
                terms.append('Term::Element(%d, %d)' % self.term(p, target)); i = len(terms) - 1; follow[i] = []; r = (False, [i], [i])
            elif p.tag == X + 'any':
                other = 'Some(Ns::%s)' % self.ns[target] if p.get('namespace') == '##other' else 'None'
                terms.append('Term::Any { other_than: %s, lax: %s }' % (other, 'true' if p.get('processContents') == 'lax' else 'false'))
                i = len(terms) - 1; follow[i] = []; r = (False, [i], [i])
            else:
                parts = [glushkov(c) for c in p if c.tag != X + 'annotation']
                if p.tag == X + 'choice': r = (any(n for n, _, _ in parts), sum((f for _, f, _ in parts), []), sum((l for _, _, l in parts), []))
                else: r = sequence(parts)
            n, f, l = r
            if p.get('maxOccurs', '1') == 'unbounded':
                for i in l: follow[i] += [j for j in f if j not in follow[i]]
            else: assert p.get('maxOccurs', '1') == '1'
            return (n or p.get('minOccurs') == '0', f, l)
        def sequence(parts):
            n, f, l = True, [], []
            for pn, pf, pl in parts:
                for i in l: follow[i] += [j for j in pf if j not in follow[i]]
                f = f + pf if n else f
                l = l + pl if pn else pl
                n = n and pn
            return n, f, l
        nullable, first, last = sequence([glushkov(g) for g in groups])
        rows = ', '.join('Position { term: %s, next: &%s, last: %s }' % (t, follow[i], 'true' if i in last else 'false') for i, t in enumerate(terms))
        self.automata.append('Automaton { mixed: %s, may_be_empty: %s, first: &%s, positions: &[%s] }' % (str(mixed).lower(), str(nullable).lower(), first, rows))
        return 'Content::Automaton(&AUTOMATA[%d])' % (len(self.automata) - 1)

    def write(self):
        print('//! Content models of UBL 2.1 and its signature schemas. Generated by `tools/schema_tables.py`; facts only.\n')
        print('use super::model::{ANY_TYPE, AttrRow, Automaton, Content, NO_TYPE, Position, Simple, Term, TypeRow, a, p, req, sequence};')
        print('use super::model::Occurs::{Any as ANY, One as ONE, Optional as OPTIONAL, Some as SOME};')
        print('use crate::doc::{Name, Ns};\n')
        shared, rows = {}, []
        for q in self.order:
            attrs = self.attributes(q); required = any(r for _, r in attrs.values())
            cells = ', '.join('%s(%d, %s)' % ('req' if r else 'a', self.attrs.index(n), s) for n, (s, r) in attrs.items())
            attrs = '&ATTRS_%d' % shared.setdefault(cells, len(shared)) if cells else '&[]'
            abstract = q in self.s.types and self.s.types[q][0].get('abstract') == 'true'
            ns = 'Ns::' + self.ns[q[0]] if q[0] in self.ns else 'Ns::NONE'
            name = q[1] if q[0] in self.ns or q[0] in (XS, 'xs') else ''
            rows.append('    TypeRow { ns: %s, name: "%s", base: %d, is_abstract: %s, content: %s, attributes: %s, has_required: %s, any_attribute: %s },'
                        % (ns, name, self.base(q), str(abstract).lower(), self.content(q), attrs, str(required).lower(), str(q[0] == 'xs').lower()))
        for cells, i in shared.items(): print('const ATTRS_%d: [AttrRow; %d] = [%s];' % (i, cells.count('(') - cells.count('Enumeration('), cells))
        print('\nconst AUTOMATA: [Automaton; %d] = [\n    %s,\n];\n' % (len(self.automata), ',\n    '.join(self.automata)))
        print('/// All types; the first is `xs:anyType`, then come the built-in simple types.')
        print('pub(super) static TYPES: [TypeRow; %d] = [\n%s\n];\n' % (len(rows), '\n'.join(rows)))
        by_name = {}
        for (uri, local), t in self.s.elements.items(): by_name[self.names[self.ns[uri], local]] = self.number[t]
        print('/// The type of each global element, by number of the name.')
        print('pub(super) static ELEMENTS: [u16; Name::COUNT] = [')
        total = len(self.names)
        for i in range(0, total, 16): print('    ' + ' '.join(('%d,' % by_name[j] if j in by_name else 'NO_TYPE,') for j in range(i, min(i + 16, total))))
        print('];')

folder = sys.argv[1]
ns, names, attrs = read_names(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'src', 'doc', 'name_tables.rs'))
Writer(Schemas(os.path.join(folder, 'ubl-2.1')), ns, names, attrs).write()
