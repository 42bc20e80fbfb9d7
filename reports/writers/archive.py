"""What an archive asks of a PDF beyond the tags: PDF/A-3 (ISO 19005-3) at level A, and PDF/UA-1 in the same file.

WeasyPrint makes PDF/A-3a; here its metadata say PDF/UA-1 as well, with the schema that PDF/A asks for where a property
is not its own (ISO 19005-3, 6.6.2.3.3), and each attachment is an associated file once.
"""

from __future__ import annotations

from typing import Any

from obstacles.reports.writers.tagging import tag

VARIANT = "pdf/a-3a"
MARKED = b"</rdf:RDF>"
PDF_UA = """\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" />\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>The part of ISO 14289 that the document follows</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property>\
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


def finish(document: Any, pdf: Any) -> None:
    """A finisher of `weasyprint.Document.write_pdf` with `pdf_variant=VARIANT`: tags, metadata, associated files."""
    tag(document, pdf)
    metadata = next(found for found in pdf.objects if found.reference == pdf.catalog["Metadata"])
    text: bytes = b"".join(metadata.stream)
    assert text.count(MARKED) == 1
    metadata.compress = False  # so that programs that know no PDF find them
    metadata.stream = [text.replace(MARKED, PDF_UA.encode() + MARKED)]
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
