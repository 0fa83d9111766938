using System.Globalization;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>A range of bytes, both ends included; without an end, to the end of the blob.</summary>
internal readonly record struct ByteRange(long First, long? Last)
{
    /// <summary>Null for no range, and for a form the service ignores (a suffix range or several ranges).</summary>
    public static ByteRange? Parse(string? header)
    {
        const string Unit = "bytes=";
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return null;

        string[] ends = header[Unit.Length..].Split('-');
        if (ends.Length != 2 || !TryParse(ends[0], out long first))
            return null;

        if (ends[1].Length == 0)
            return new(first, null);

        return TryParse(ends[1], out long last) && last >= first ? new(first, last) : null;
    }

    /// <summary>The last byte to serve of a blob of the given length; a start behind the end is an error.</summary>
    public long LastWithin(long length)
    {
        if (First >= length)
        {
            var error = new StorageException(StorageErrors.InvalidRange);
            error.Headers["Content-Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
            throw error;
        }

        return Math.Min(Last ?? long.MaxValue, length - 1);
    }

    private static bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
