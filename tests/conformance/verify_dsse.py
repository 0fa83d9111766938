"""Checks DSSE envelopes with securesystemslib, which knows nothing of IotHubDsr.

Usage: verify_dsse.py <public key in PEM> <scheme> <envelope> ...

Prints "valid" or "refused" and the reason for each envelope; the exit code is 0 when all could be judged.
"""
import base64
import json
import sys

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature, SSlibKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def pre_authentication_encoding(payload_type, payload):
    """PAE as the DSSE protocol defines it; releases before 0.27 have no DSSE of their own."""
    encoded = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(encoded), encoded, len(payload), payload)


def verify(envelope, public_key, scheme):
    payload = base64.standard_b64decode(envelope["payload"])
    encoding = pre_authentication_encoding(envelope["payloadType"], payload)
    if envelope["payloadType"] != PAYLOAD_TYPE:
        return "refused: unexpected payload type"
    for entry in envelope["signatures"]:
        keytype = "rsa" if scheme.startswith("rsassa") else "ecdsa"
        key = SSlibKey(entry["keyid"], keytype, scheme, {"public": public_key})
        signature = Signature(entry["keyid"], base64.standard_b64decode(entry["sig"]).hex())
        try:
            key.verify_signature(signature, encoding)
        except UnverifiedSignatureError:
            continue
        statement = json.loads(payload)
        return "valid: %s %s" % (statement["_type"], statement["predicateType"])
    return "refused: no signature fits"


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        public_key = file.read()
    for path in sys.argv[3:]:
        with open(path, encoding="utf-8") as file:
            print(verify(json.load(file), public_key, sys.argv[2]))


if __name__ == "__main__":
    main()
