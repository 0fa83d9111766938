namespace IotHubDsr.Core.Archives.Avro;

/// <summary>What the symbols of RFC 1951 stand for: entries of a <see cref="HuffmanTable"/> that lack only their code's length.</summary>
internal static class InflateCodes
{
    // The format has codes for two more of each, which no stream may use.
    public const int MaxLiterals = 286;
    public const int MaxDistances = 30;

    private const int EndOfBlock = 256;
    private const int LongestMatchSymbol = 285;

    public static uint[] Literals { get; } = [.. Enumerable.Range(0, 288).Select(OfLiteral)];

    public static uint[] Distances { get; } = [.. Enumerable.Range(0, 32).Select(OfDistance)];

    public static uint[] Order { get; } = [.. Enumerable.Range(0, 19).Select(symbol => (uint)symbol << HuffmanTable.ValueShift)];

    /// <summary>In which order the lengths of the code of lengths are given: the likely ones first.</summary>
    public static ReadOnlySpan<byte> OrderOfLengths => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private static uint OfLiteral(int symbol) =>
        symbol switch
        {
            < EndOfBlock => HuffmanTable.Literal | Entry(symbol, 0),
            EndOfBlock => HuffmanTable.Exceptional | HuffmanTable.EndOfBlock,
            < 265 => Entry(symbol - 254, 0),
            < LongestMatchSymbol => Entry(3 + ((4 + ((symbol - 1) & 3)) << ((symbol - 261) / 4)), (symbol - 261) / 4),
            LongestMatchSymbol => Entry(258, 0),
            _ => HuffmanTable.Exceptional,
        };

    private static uint OfDistance(int symbol) =>
        symbol switch
        {
            < 4 => Entry(symbol + 1, 0),
            < MaxDistances => Entry(1 + ((2 + (symbol & 1)) << ((symbol / 2) - 1)), (symbol / 2) - 1),
            _ => HuffmanTable.Exceptional,
        };

    private static uint Entry(int value, int extraBits) =>
        ((uint)value << HuffmanTable.ValueShift) | ((uint)extraBits << HuffmanTable.ExtraShift);
}
