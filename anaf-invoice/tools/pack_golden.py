#!/usr/bin/env python3
"""Packs the golden documents for the repository.

usage: pack_golden.py GOLDEN_FOLDER tests/golden-efactura.zip
Equal input gives equal bytes.
"""
import os, sys, zipfile

folder, target = sys.argv[1:3]
with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as z:
    for name in sorted(os.listdir(folder)):
        z.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), open(os.path.join(folder, name), 'rb').read(), zipfile.ZIP_DEFLATED, 9)
