#!/usr/bin/env python3
"""Damages golden documents, so that the native verdicts can be held against the official ones on thousands of documents.

usage: mutate.py GOLDEN_FOLDER COUNT OUT_FOLDER [SEED] [--values]
--values: mostly changes that keep the document valid by the schema (codes, amounts, dates, terms present or absent).
Needs lxml.
"""
import copy, glob, os, random, sys
from lxml import etree

U = 'urn:oasis:names:specification:ubl:schema:xsd:'
CAC, CBC, EXT = '{%sCommonAggregateComponents-2}' % U, '{%sCommonBasicComponents-2}' % U, '{%sCommonExtensionComponents-2}' % U
XSI = '{http://www.w3.org/2001/XMLSchema-instance}'; DS = '{http://www.w3.org/2000/09/xmldsig#}'; XADES = '{http://uri.etsi.org/01903/v1.3.2#}'
AMOUNTS = '0 0.00 1 -1 1.00 1.005 -1.005 10.000 100.004 99.995 .5 5. +10 0010.00 1E2 1e2 NaN INF 10,00 1.0.0 -0 -0.00 ١٢ 123456789012345678901234567890.12 0.0000000000000000000000000001 1234567890123456789012345 99999999999999999999999.99 -- + - . 1_0 0x10'.split() + ['', ' ', ' 10 ', '10.00 ', '\n10.00', '1 0', '10.00\u00a0']
DATES = '2024-06-01 2024-02-29 2023-02-29 2024-13-01 2024-6-1 2024-06-01Z 2024-06-01+03:00 2024-06-01-14:00 2024-06-01+14:01 2024-06-01+24:00 12024-06-01 02024-06-01 0000-01-01 -0001-01-01 0001-01-01 20240601 2024-06-01T00:00:00 01.06.2024 2024-06-31 2024-00-10 2024-06-00 2024-06-01z 99999999999999999999-01-01 2100-02-29 2000-02-29 +2024-06-01 -2024-02-29 1999-12-31 2024-06-01+00:00 2024-06-01-00:00 2024-06-01+3:00'.split() + ['', ' ', ' 2024-06-01 ', '2024-06-01\n', '2024-06-01\u00a0', '2024 06 01']
TIMES = '12:00:00 24:00:00 24:00:01 23:59:60 12:00 12:00:00.5 12:00:00. 12:00:00Z 12:00:00+02:00 25:00:00 12:60:00 1:00:00 24:00:00.000 24:00:00.1 T12:00:00'.split() + ['', ' 12:00:00 ']
BOOLS = ['true', 'false', '0', '1', ' true ', 'TRUE', 'True', 'yes', '', ' ', '2', '\ntrue']
CODES = 'S Z E AE K G O L M B X s VAT vat RON EUR USD ron XXX RO GR EL XI ro 380 381 384 389 751 326 396 1A 3 35 432 C62 H87 h87 XPP 30 31 42 ZZZ 0088 9930 EM VATEX-EU-AE vatex-eu-ae VATEX-EU-O RO-B RO-CJ RO-ZZ SECTOR1 SECTOR7 sector1 AAA #AAI# 95 FC 130 916 50'.split() + ['', ' ', ' S ', ' RON', 'RO CJ', '\u00a0', 'S\n', '380 ']
TEXTS = ['', ' ', '\u00a0', '\u200b', 'x', 'x' * 10, 'x' * 11, 'x' * 50, 'x' * 51, 'x' * 100, 'x' * 101, 'x' * 150, 'x' * 151, 'x' * 200, 'x' * 201, 'x' * 255, 'x' * 256, 'x' * 300, 'x' * 301, 'ș' * 20, 'ș' * 21, '😀' * 30, '😀' * 31, 'y' * 1025, 'a  b', ' a ', '#AAI#text', '#bad#', '#ZZZ#', 'RO12345678', 'RO', 'R', '1234567890123', '0000000000000', 'urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1', 'urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1 ', '12', '٣', 'a\nb']
BASE64 = ['', 'QQ==', 'QQ=', 'Q', 'QR==', 'QUJD', 'QU JD', 'QUJD\nQUJD', ' QQ== ', 'Q Q = =', 'QQ==QQ==', 'Q=Q=', '=', 'é', 'QUJ', 'QUI=', 'QUJ=', 'Q===', '====', 'QUJDR', '****', 'QQ\t==']
URIS = ['', 'http://a/b', 'urn:x', 'a b', 'http://a b', '%zz', '%41', 'http://[::1]/', 'http://[', ':x', 'http://a:b', 'http://a:80', 'a:b:c', '//x', 'ș', '<a>', '{x}', 'x^y', '#f', '#f#g', '?q', 'http://u@h:1/p?q#f', '1a:b', 'a/b:c', './b:c', 'http:', 'http://', 'a[b]', 'a?[b]', "it's", 'x\\y', 'http://a:99999999999', 'http://h:/p', '\u00a0', 'a\tb', ' a ', 'mailto:a@b', 'http://a@b@c', 'http://é.ro', '/[', '#[', '//[v1.x]', '//[]', 'http://%zz', 'a%', '/a//b', '//', '///', 'a:', 'a:#', 'x|y', '"', '`']
LANGUAGES = ['ro', 'en-GB', 'RO', '', ' ', 'ro_RO', 'x-klingon', 'i-x', 'abcdefgh', 'abcdefghi', 'ro-', '-ro', 'r', '12', 'ro-12345678', 'ro-123456789', ' ro ', 'en-GB-oed', 'a-b-c', 'ro RO']
ATTRS = ['schemeID', 'currencyID', 'mimeCode', 'filename', 'listID', 'listName', 'name', 'unitCode', 'schemeName', 'languageID', 'schemeURI', 'schemeAgencyID', 'unitCodeListID', 'format', 'uri', 'listURI', 'languageLocaleID', 'listAgencyName', 'schemeDataURI', 'unknown', 'Id', 'encodingCode', 'characterSetCode', 'currencyCodeListVersionID', 'unitCodeListVersionID']
SIGNATURE = ('<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="s1"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="urn:c"/><ds:SignatureMethod Algorithm="urn:m"/>'
             '<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="urn:t"><ds:XPath>a</ds:XPath></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="urn:d"/><ds:DigestValue>QUJD</ds:DigestValue></ds:Reference></ds:SignedInfo>'
             '<ds:SignatureValue>QUJD</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>n</ds:X509IssuerName><ds:X509SerialNumber>12</ds:X509SerialNumber></ds:X509IssuerSerial><ds:X509Certificate>QUJD</ds:X509Certificate></ds:X509Data>'
             '<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>QUJD</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo><ds:Object Id="o1"><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Target="#s1">'
             '<xades:SignedProperties Id="p1"><xades:SignedSignatureProperties><xades:SigningTime>2024-06-01T12:00:00Z</xades:SigningTime><xades:SigningCertificate><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm="urn:d"/><ds:DigestValue>QUJD</ds:DigestValue></xades:CertDigest>'
             '<xades:IssuerSerial><ds:X509IssuerName>n</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></xades:IssuerSerial></xades:Cert></xades:SigningCertificate><xades:SignaturePolicyIdentifier><xades:SignaturePolicyImplied/></xades:SignaturePolicyIdentifier></xades:SignedSignatureProperties>'
             '<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#r"><xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties></xades:SignedProperties>'
             '<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>QUJD</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature>')
EXTENSIONS = ['<x xmlns="urn:x">t</x>', '<x/>', '<x xmlns="urn:x"><y z="1">a<b/></y></x>', '<cbc:ID xmlns:cbc="%sCommonBasicComponents-2" schemeID="a">1</cbc:ID>' % U, '<cbc:IssueDate xmlns:cbc="%sCommonBasicComponents-2">x</cbc:IssueDate>' % U,
              '<x xmlns="urn:x"><cbc:IssueDate xmlns:cbc="%sCommonBasicComponents-2">x</cbc:IssueDate></x>' % U, '<cac:Party xmlns:cac="%sCommonAggregateComponents-2"/>' % U, '<cac:TaxTotal xmlns:cac="%sCommonAggregateComponents-2"/>' % U,
              '<ext:UBLExtensions xmlns:ext="%sCommonExtensionComponents-2"/>' % U, '<x xmlns="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>', '<x xmlns="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:date">x</x>',
              '<x xmlns="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:date">2024-01-01</x>', '', '<x xmlns="urn:x"/><y xmlns="urn:x"/>', 'text', SIGNATURE,
              '<sig:UBLDocumentSignatures xmlns:sig="%sCommonSignatureComponents-2" xmlns:sac="%sSignatureAggregateComponents-2" xmlns:sbc="%sSignatureBasicComponents-2"><sac:SignatureInformation><sbc:ReferencedSignatureID>1</sbc:ReferencedSignatureID>%s</sac:SignatureInformation></sig:UBLDocumentSignatures>' % (U, U, U, SIGNATURE),
              '<Invoice xmlns="%sInvoice-2"/>' % U, '<CreditNote xmlns="%sCreditNote-2"/>' % U, '<x xmlns="%sCommonBasicComponents-2"/>' % U]

R = random.Random()

def pool(name):
    """values that suit, or nearly suit, an element of this name"""
    if name.endswith(('Amount', 'Quantity', 'Percent', 'Numeric', 'Rate', 'Measure')): return AMOUNTS
    if name.endswith('Date'): return DATES
    if name.endswith('Time'): return TIMES
    if name.endswith('Indicator'): return BOOLS
    if name.endswith('BinaryObject') or name in ('DigestValue', 'SignatureValue', 'X509Certificate', 'Modulus'): return BASE64
    if name.endswith(('Code', 'CountrySubentity', 'CityName')) or (name == 'ID' and R.random() < .5): return CODES
    return TEXTS

def attr_pool(name):
    if name.lower().endswith('uri'): return URIS
    if name == 'languageID': return LANGUAGES
    return CODES + TEXTS[:8]

def elements(t, deep=True): return [e for e in t.iter() if isinstance(e.tag, str) and (deep or e is not t)]

class Mutator:
    def __init__(self, docs):
        self.docs, self.by_parent, self.tags = docs, {}, set()
        for d in docs:
            for e in elements(d):
                self.tags.add(e.tag)
                for c in e:
                    if isinstance(c.tag, str): self.by_parent.setdefault(e.tag, {}).setdefault(c.tag, []).append(c)
        self.tags = sorted(self.tags)

    def pick(self, t):
        es = elements(t)[1:]
        return R.choice(es) if es else None

    def leaf(self, t):
        es = [e for e in elements(t) if not len(e)]
        return R.choice(es) if es else None

    # --- changes of values
    def value(self, t):
        e = self.leaf(t)
        if e is not None: e.text = R.choice(pool(etree.QName(e).localname))
    def nudge(self, t):
        """a number, slightly off"""
        es = [e for e in elements(t) if not len(e) and pool(etree.QName(e).localname) is AMOUNTS]
        if es:
            e = R.choice(es)
            try: e.text = '%.*f' % (R.choice((0, 1, 2, 2, 2, 3)), float(e.text) + R.choice((-1, -.99, -.5, -.01, .005, .01, .5, .99, 1, 1.01, 19)))
            except (TypeError, ValueError): pass
    def negate(self, t):
        es = [e for e in elements(t) if not len(e) and pool(etree.QName(e).localname) is AMOUNTS and e.text]
        if es: e = R.choice(es); e.text = e.text[1:] if e.text.startswith('-') else '-' + e.text
    def steal(self, t):
        """the value that the element has in another document"""
        e = self.leaf(t)
        if e is None or e.getparent() is None: return
        others = self.by_parent.get(e.getparent().tag, {}).get(e.tag)
        if others: e.text = R.choice(others).text
    def attribute(self, t):
        e = self.pick(t)
        if e is None: return
        names = list(e.attrib)
        if names and R.random() < .7:
            n = R.choice(names)
            if R.random() < .3: del e.attrib[n]
            else: e.set(n, R.choice(attr_pool(etree.QName(n).localname)))
        else: n = R.choice(ATTRS); e.set(n, R.choice(attr_pool(n)))
    def currency(self, t):
        for e in elements(t):
            if e.get('currencyID') and R.random() < .2: e.set('currencyID', R.choice(('EUR', 'RON', 'USD', 'ron')))
    # --- terms present or absent
    def drop(self, t):
        e = self.pick(t)
        if e is not None: e.getparent().remove(e)
    def duplicate(self, t):
        e = self.pick(t)
        if e is not None: e.addnext(copy.deepcopy(e))
    def graft(self, t):
        """a child that the same parent has in another document, where its siblings would put it"""
        es = [e for e in elements(t) if e.tag in self.by_parent]
        e = R.choice(es); tag = R.choice(sorted(self.by_parent[e.tag])); new = copy.deepcopy(R.choice(self.by_parent[e.tag][tag]))
        model = new_parent = R.choice(self.by_parent[e.tag][tag]).getparent()
        order = [c.tag for c in model if isinstance(c.tag, str)]; after = set(order[order.index(tag) + 1:])
        for c in e:
            if c.tag in after: c.addprevious(new); return
        e.append(new)
    def replace(self, t):
        e = self.pick(t)
        if e is None: return
        others = self.by_parent.get(e.getparent().tag, {}).get(e.tag)
        if others: e.getparent().replace(e, copy.deepcopy(R.choice(others)))
    # --- changes that break the schema
    def swap(self, t):
        es = [e for e in elements(t) if len(e) > 1]
        if es:
            e = R.choice(es); i, j = R.sample(range(len(e)), 2); a, b = e[min(i, j)], e[max(i, j)]
            mark = etree.Comment('m'); a.addprevious(mark); b.addprevious(a); mark.addprevious(b); e.remove(mark)
    def rename(self, t):
        e = self.pick(t)
        if e is None: return
        q = etree.QName(e)
        e.tag = R.choice((R.choice(self.tags), (CAC if q.namespace and 'Basic' in q.namespace else CBC) + q.localname, q.localname, '{urn:x}' + q.localname, CBC + q.localname + 'X', CBC + q.localname.lower()))
    def move(self, t):
        e = self.pick(t)
        if e is None: return
        targets = [x for x in elements(t) if x is not e and not any(a is e for a in x.iterancestors())]
        R.choice(targets).append(e)
    def insert_any(self, t): R.choice(elements(t)).append(copy.deepcopy(R.choice(elements(R.choice(self.docs))[1:])))
    def text(self, t):
        e = R.choice(elements(t)); s = R.choice(['x', ' ', '\u00a0', '\t\n', '.', '1'])
        if R.random() < .5 or not len(e): e.text = (e.text or '') + s
        else: c = R.choice(list(e)); c.tail = (c.tail or '') + s
    def markup(self, t):
        e = R.choice(elements(t)); new = R.choice((etree.Comment(' c '), etree.PI('p', 'i')))
        s = e.text or ''; k = R.randint(0, len(s)); e.text = s[:k]; new.tail = s[k:]; e.insert(0, new)
    def instance(self, t):
        e = R.choice(elements(t)); q = etree.QName(e)
        kind = R.choice(('type', 'type', 'nil', 'schemaLocation', 'noNamespaceSchemaLocation', 'other', 'lang'))
        if kind == 'type':
            value = R.choice(('cbc:%sType' % q.localname, 'cac:%sType' % q.localname, 'xs:string', 'xs:decimal', 'cbc:IDType', 'nope:x', 'nope', '', 'InvoiceType', ' cbc:%sType ' % q.localname))
            parent = e.getparent()
            new = etree.Element(e.tag, dict(e.attrib), nsmap={**e.nsmap, 'xs': 'http://www.w3.org/2001/XMLSchema', 'xsi': XSI[1:-1], 'cbc': CBC[1:-1], 'cac': CAC[1:-1]})
            new.text, new.tail = e.text, e.tail; new.extend(list(e)); new.set(XSI + 'type', value)
            if parent is not None: parent.replace(e, new)
        elif kind == 'nil': e.set(XSI + 'nil', R.choice(('true', 'false', 'x', '1')))
        elif kind == 'other': e.set(R.choice((XSI + 'foo', '{urn:x}a')), '1')
        elif kind == 'lang': e.set('{http://www.w3.org/XML/1998/namespace}' + R.choice(('lang', 'space', 'id')), 'ro')
        else: e.set(XSI + kind, R.choice(('urn:x nowhere.xsd', 'nowhere.xsd', '', U + 'Invoice-2 nowhere.xsd')))
    def extension(self, t):
        body = R.choice(EXTENSIONS)
        xml = '<e:UBLExtensions xmlns:e="%s"><e:UBLExtension>%s<e:ExtensionContent>%s</e:ExtensionContent></e:UBLExtension></e:UBLExtensions>' % (EXT[1:-1], R.choice(('', '', '', '<cbc:ID xmlns:cbc="%s">1</cbc:ID>' % CBC[1:-1], '<e:ExtensionURI>x</e:ExtensionURI>')), body)
        e = etree.fromstring(xml); t.insert(0, e)
        if 'ds:Signature' in body:
            if R.random() < .5: e[0].addnext(copy.deepcopy(e[0]))
            for _ in range(R.randint(0, 2)): R.choice((self.drop, self.duplicate, self.swap, self.value, self.attribute, self.text, self.rename, self.signature))(e)
    def signature(self, e):
        es = [x for x in elements(e) if etree.QName(x).namespace in (DS[1:-1], XADES[1:-1])]
        if es: x = R.choice(es); x.append(etree.Element(R.choice(('{urn:x}y', 'y', DS + 'KeyName', DS + 'XPath', XADES + 'Any', XADES + 'Include', CBC + 'ID', DS + 'PGPData', DS + 'Signature', XADES + 'int', DS + 'P'))))

VALUES = ['value'] * 5 + ['nudge'] * 5 + ['negate'] * 2 + ['steal'] * 5 + ['attribute'] * 2 + ['currency', 'markup'] + ['drop'] * 3 + ['duplicate'] * 2 + ['graft'] * 5 + ['replace'] * 3
BREAKS = VALUES + ['swap', 'rename', 'move', 'insert_any', 'text', 'markup', 'instance', 'extension', 'attribute', 'drop', 'duplicate'] * 3

def main():
    argv = [a for a in sys.argv[1:] if not a.startswith('--')]
    folder, count, out = argv[0], int(argv[1]), argv[2]; R.seed(argv[3] if len(argv) > 3 else '1')
    files = sorted(glob.glob(os.path.join(folder, '*.xml')))
    docs = [etree.parse(f).getroot() for f in files if os.path.getsize(f) < 40000]
    m = Mutator(docs); os.makedirs(out, exist_ok=True); made = 0
    while made < count:
        t = copy.deepcopy(R.choice(docs)); names = []
        for _ in range(R.choice((1, 1, 1, 2, 2, 3, 5))):
            name = R.choice(VALUES if '--values' in sys.argv else BREAKS); names.append(name)
            try: getattr(m, name)(t)
            except (ValueError, IndexError, TypeError, AttributeError): pass
        etree.ElementTree(t).write(os.path.join(out, 'm%05d-%s.xml' % (made, '+'.join(names)[:60])), xml_declaration=True, encoding='UTF-8'); made += 1

main()
