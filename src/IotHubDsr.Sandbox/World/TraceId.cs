namespace IotHubDsr.Sandbox.World;

/// <summary>Trace contexts of the W3C: the parts of one trace have spans of their own.</summary>
internal static class TraceId
{
    public static string Next(Random random) => Hex(random, 16);

    /// <summary>What stands in a log for a part of the trace.</summary>
    public static string Span(string trace, Random random) => $"00-{trace}-{Hex(random, 8)}-01";

    private static string Hex(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
