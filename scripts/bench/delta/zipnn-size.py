"""Size of a file as ZipNN compresses it: zipnn.py FILE DTYPE [BASE]. With BASE, of the exclusive or of both."""
import sys
from unittest.mock import MagicMock

# ZipNN needs them for tensors alone; bytes go through its own C code.
for name in ('torch', 'safetensors', 'safetensors.torch'):
    sys.modules[name] = MagicMock()
import numpy
from zipnn import ZipNN

path, dtype, *base = sys.argv[1:]
data = numpy.fromfile(path, dtype=numpy.uint8)
if base:
    other = numpy.fromfile(base[0], dtype=numpy.uint8)
    shared = min(len(data), len(other))
    data[:shared] ^= other[:shared]
codec = ZipNN(input_format='byte', bytearray_dtype=dtype)
packed = codec.compress(data.tobytes())
print(len(packed))
