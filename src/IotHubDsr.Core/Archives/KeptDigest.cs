using System.Globalization;

namespace IotHubDsr.Core.Archives;

/// <summary>
/// What <see cref="KeptHash"/> makes of what a rewrite must not change: the header, then every record's bytes as they stand, in order; for
/// JSON lines simply all bytes. Avro's block framing and compression, which a rewrite does change, are left out. Two files of equal
/// digest hold the same records; it guards against defects, not against forgers.
/// </summary>
internal readonly record struct KeptDigest(UInt128 Value)
{
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
