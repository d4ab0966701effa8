"""A made-up WFS 2.0 with two squares as Stadtteile; a process of its own, because GDAL keeps Python waiting."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

SPACES = (
    'xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:app="http://app" '
    'xmlns="http://www.w3.org/2001/XMLSchema"'
)
CAPABILITIES = (
    f'<wfs:WFS_Capabilities version="2.0.0" {SPACES}><wfs:FeatureTypeList><wfs:FeatureType><wfs:Name>app:stadtteile'
    "</wfs:Name><wfs:DefaultCRS>urn:ogc:def:crs:EPSG::25832</wfs:DefaultCRS></wfs:FeatureType></wfs:FeatureTypeList>"
    "</wfs:WFS_Capabilities>"
)
SCHEMA = (
    f'<schema {SPACES} targetNamespace="http://app"><element name="stadtteile" substitutionGroup="gml:AbstractFeature" '
    'type="app:stadtteileType"/><complexType name="stadtteileType"><complexContent><extension '
    'base="gml:AbstractFeatureType"><sequence><element name="geom" type="gml:SurfacePropertyType"/>'
    '<element name="stt" type="string"/></sequence></extension></complexContent></complexType></schema>'
)


def square(key: str, x: int) -> str:
    ring = f"{x} 0 {x + 100} 0 {x + 100} 100 {x} 100 {x} 0"
    return (
        f'<wfs:member><app:stadtteile gml:id="s.{key}"><app:geom><gml:Polygon gml:id="g{key}" '
        'srsName="urn:ogc:def:crs:EPSG::25832"><gml:exterior><gml:LinearRing><gml:posList>'
        f"{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></app:geom><app:stt>{key}</app:stt>"
        "</app:stadtteile></wfs:member>"
    )


FEATURES = (
    f'<wfs:FeatureCollection {SPACES} numberMatched="2" numberReturned="2">{square("02", 100)}{square("01", 0)}'
    "</wfs:FeatureCollection>"
)


class Service(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = {key.lower(): value[0].lower() for key, value in parse_qs(urlsplit(self.path).query).items()}
        answers = {"getcapabilities": CAPABILITIES, "describefeaturetype": SCHEMA}
        body = answers.get(asked.get("request", ""), FEATURES).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Service)
    print(server.server_port, flush=True)
    server.serve_forever()
