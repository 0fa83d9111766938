using System.Globalization;

namespace IotHubDsr;

/// <summary>Formats sizes.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["bytes", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>A size as a person reads it, in powers of 1024 and with at most one decimal: <c>812 bytes</c>, <c>4.1 MB</c>.</summary>
    /// <param name="bytes">Number of bytes, 0 or more.</param>
    public static string Format(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? $"{bytes} bytes" : string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }
}
