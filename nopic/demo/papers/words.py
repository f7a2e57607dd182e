"""The words on the papers, in English and Spanish."""

ENGLISH = {
    "invoice": "COMMERCIAL INVOICE", "invoice_short": "Invoice", "number": "No.", "sold_to": "Sold to", "order": "Order",
    "shipment": "Shipment", "leaves": "Leaves on", "product": "Description", "tariff": "HTS", "packages": "Packages",
    "net": "Net", "gross": "Gross", "lots": "Lots", "lot": "Lot", "total": "Total", "sum": "Subtotal",
    "origin": "Country of origin", "certified_by": "Organic, certified by", "payment": "Payment 30 days after documents.",
    "packing_list": "PACKING LIST", "to_invoice": "to invoice", "consignee": "Consignee", "seal": "seal",
    "each_package": "Each package carries the lot number and the name of the producer.",
    "all_organic": "All goods of this list are organic products.",
    "traceability": "DECLARATION OF TRACEABILITY", "operation": "Certified operation",
    "trace_intro": "We declare from which farms and suppliers the lots of this organic shipment come. Own production is grown by members of the operation; purchases are covered by the documents sent with this declaration.",
    "comes_from": "Comes from", "harvest": "Harvest",
    "trace_end": "The organic goods were kept apart from others at every step and were not treated with prohibited substances.",
    "purchase_invoice": "INVOICE", "purchase_end": "Organic products, delivered to the buyer's store. Payment on delivery.",
    "own": "Own production",
}  # fmt: skip
SPANISH = {
    "invoice": "FACTURA COMERCIAL", "invoice_short": "Factura", "number": "N.º", "sold_to": "Vendido a", "order": "Pedido",
    "shipment": "Embarque", "leaves": "Sale el", "product": "Descripción", "tariff": "HTS", "packages": "Bultos",
    "net": "Neto", "gross": "Bruto", "lots": "Lotes", "lot": "Lote", "total": "Total", "sum": "Subtotal",
    "origin": "País de origen", "certified_by": "Orgánico, certificado por", "payment": "Pago a 30 días de los documentos.",
    "packing_list": "LISTA DE EMPAQUE", "to_invoice": "de la factura", "consignee": "Consignatario", "seal": "precinto",
    "each_package": "Cada bulto lleva el número de lote y el nombre del productor.",
    "all_organic": "Toda la mercadería de esta lista es producto orgánico.",
    "traceability": "DECLARACIÓN DE TRAZABILIDAD", "operation": "Operación certificada",
    "trace_intro": "Declaramos de qué fincas y proveedores provienen los lotes de este embarque orgánico. La producción propia es de los socios de la operación; las compras están respaldadas por los documentos adjuntos.",
    "comes_from": "Proviene de", "harvest": "Cosecha",
    "trace_end": "La mercadería orgánica se mantuvo separada en cada paso y no fue tratada con sustancias prohibidas.",
    "purchase_invoice": "LIQUIDACIÓN DE COMPRA", "purchase_end": "Producto orgánico, entregado en el almacén del comprador. Pago contra entrega.",
    "own": "Producción propia",
}  # fmt: skip
WORDS = {"en": ENGLISH, "es": SPANISH}
SPANISH_PACKAGES = {
    "bags": "sacos", "sacks": "sacos", "cartons": "cajas", "boxes": "cajas", "drums": "tambores",
}  # fmt: skip
