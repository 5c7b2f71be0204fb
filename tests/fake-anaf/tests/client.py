"""A client of ANAF written from its documents with Python's standard library: login, upload, verdict, archive, inbox,
refresh, e-Transport. Arguments: the three base URLs, client id, client secret, callback URL, CIF."""

import base64
import http.client
import io
import json
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ET
import zipfile
from datetime import date

OAUTH, API, PUBLIC, CLIENT_ID, SECRET, CALLBACK, CIF = sys.argv[1:]


def call(method, url, body=None, headers=None):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    path = parts.path + ("?" + parts.query if parts.query else "")
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, answer.headers, data


def token(**form):
    basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    status, _, data = call("POST", f"{OAUTH}/token", urllib.parse.urlencode(form), headers)
    return status, json.loads(data)


query = urllib.parse.urlencode({
    "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": CALLBACK, "token_content_type": "jwt", "state": "z",
})
status, headers, _ = call("GET", f"{OAUTH}/authorize?{query}")
assert status == 302, status
back = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["Location"]).query)
assert back["state"] == ["z"], back
status, tokens = token(
    grant_type="authorization_code", code=back["code"][0], redirect_uri=CALLBACK, token_content_type="jwt"
)
assert status == 200 and tokens["token_type"] == "Bearer", tokens
old = tokens["refresh_token"]
status, tokens = token(grant_type="refresh_token", refresh_token=old)
assert status == 200, tokens
assert token(grant_type="refresh_token", refresh_token=old) == (400, {"error": "invalid_grant"})
AUTH = {"Authorization": "Bearer " + tokens["access_token"]}

status, _, data = call("GET", f"{API}/TestOauth/jaxrs/hello?name=Ion", headers=AUTH)
assert status == 200 and data.startswith(b"Hello, Ion"), data

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def party(role, code):
    return (
        f"<cac:{role}><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>RO{code}</cbc:CompanyID>"
        f"</cac:PartyTaxScheme></cac:Party></cac:{role}>"
    )


document = (
    f'<?xml version="1.0" encoding="UTF-8"?><Invoice xmlns="{UBL}Invoice-2" '
    f'xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2">'
    f"<cbc:ID>PY-1</cbc:ID><cbc:IssueDate>2026-07-01</cbc:IssueDate>"
    + party("AccountingSupplierParty", CIF) + party("AccountingCustomerParty", "30000037") + "</Invoice>"
).encode()
REST = f"{API}/test/FCTEL/rest"
status, _, data = call("POST", f"{REST}/upload?standard=UBL&cif={CIF}", document, {**AUTH, "Content-Type": "application/xml"})
header = ET.fromstring(data)
assert header.get("ExecutionStatus") == "0", data
index = header.get("index_incarcare")

for _ in range(60):
    status, _, data = call("GET", f"{REST}/stareMesaj?id_incarcare={index}", headers=AUTH)
    state = ET.fromstring(data)
    if state.get("stare") != "in prelucrare":
        break
    time.sleep(0.2)
assert state.get("stare") == "ok", data

status, _, data = call("GET", f"{REST}/descarcare?id={state.get('id_descarcare')}", headers=AUTH)
with zipfile.ZipFile(io.BytesIO(data)) as archive:
    assert sorted(archive.namelist()) == [f"{index}.xml", f"semnatura_{index}.xml"], archive.namelist()
    assert archive.testzip() is None
    assert archive.read(f"{index}.xml") == document

status, _, data = call("GET", f"{REST}/listaMesajeFactura?zile=1&cif={CIF}&filtru=T", headers=AUTH)
assert [m["id_solicitare"] for m in json.loads(data)["mesaje"]] == [index], data

status, _, data = call("POST", f"{PUBLIC}/prod/FCTEL/rest/transformare/FACT1", document, {"Content-Type": "text/plain"})
assert data.startswith(b"%PDF"), data

today = date.today().isoformat()
declaration = f"""<eTransport xmlns="mfp:anaf:dgti:eTransport:declaratie:v2" codDeclarant="{CIF}">
<notificare codTipOperatiune="30"><bunuriTransportate codScopOperatiune="101" denumireMarfa="Mere" cantitate="1"
 codUnitateMasura="KGM" greutateBruta="1"/><partenerComercial codTara="RO" denumire="P"/>
<dateTransport nrVehicul="B01ABC" codTaraOrgTransport="RO" denumireOrgTransport="T" dataTransport="{today}"/>
<locStartTraseuRutier codPtf="1"/><locFinalTraseuRutier codPtf="2"/>
<documenteTransport tipDocument="10" dataDocument="{today}"/></notificare></eTransport>"""
WS = f"{API}/prod/ETRANSPORT/ws/v1"
status, _, data = call("POST", f"{WS}/upload/ETRANSP/{CIF}/2", declaration, {**AUTH, "Content-Type": "application/xml"})
answer = json.loads(data)
uit = answer["UIT"]
assert sum(uit[:14].encode()) % 100 == int(uit[14:]), uit
status, _, data = call("GET", f"{WS}/stareMesaj/{answer['index_incarcare']}", headers=AUTH)
verdict = json.loads(data)
# The machine's date and Bucharest's may differ around midnight; then the window text is the right answer.
assert verdict["stare"] == "ok" or "Data transportului" in verdict["Errors"][0]["errorMessage"], verdict
print("done")
