namespace IotHubDsr.Core.Reports;

/// <summary>How a verdict is shown: always by its word and a shape of its own, and only besides by colour.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Meaning">What it means, for the legend.</param>
/// <param name="Shape">Outline of its symbol in a square of 16.</param>
/// <param name="Colours">Its colours in both schemes.</param>
internal sealed record VerdictLook(Verdict Verdict, string Meaning, string Shape, VerdictColours Colours)
{
    private const string Disc = "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z";

    public static IReadOnlyList<VerdictLook> All { get; } =
    [
        new(
            Verdict.Absent,
            "The location was read and holds nothing.",
            Disc + "M8 3.4a4.6 4.6 0 1 1 0 9.2A4.6 4.6 0 0 1 8 3.4Z",
            new("#535e6f", "#eef0f3", "#aeb8c6", "#262d38")
        ),
        new(
            Verdict.Erased,
            "The data was erased, and a second reading confirmed it.",
            Disc + "M4.1 8.3 5.5 6.9 7.1 8.5 10.8 4.8 12.2 6.2 7.1 11.3Z",
            new("#0a664b", "#e0f2ea", "#62d2a7", "#12332a")
        ),
        new(
            Verdict.ErasurePending,
            "The service accepted the erasure; the data will be gone by the time given.",
            Disc + "M7.1 3.6H8.9V7.6L11.8 9.3 10.9 10.9 7.1 8.7Z",
            new("#0a5a9e", "#e2eefa", "#7dbbf3", "#142d46")
        ),
        new(
            Verdict.Expiring,
            "The data cannot be deleted; it expires by retention at the time given.",
            "M3 1H13V3.2L9.6 8 13 12.8V15H3V12.8L6.4 8 3 3.2Z",
            new("#4a45a6", "#ebeaf9", "#afabf7", "#282650")
        ),
        new(
            Verdict.Held,
            "A policy, a legal hold or the operator prevents the erasure for now; the ground is given.",
            "M2 2H14V14H2ZM5 5V11H7V5ZM9 5V11H11V5Z",
            new("#77298a", "#f5e7f8", "#dd9fe9", "#3b1e43")
        ),
        new(
            Verdict.OwnerAction,
            "Someone else must act; the detail says who and what.",
            "M1.5 6H8V2L14.5 8 8 14V10H1.5Z",
            new("#7d4a00", "#fbefd9", "#f0b65b", "#3b2b11")
        ),
        new(Verdict.Present, "Data was found and not erased.", "M8 .8 15.2 8 8 15.2.8 8Z", new("#a83600", "#fde9df", "#ff9f73", "#432110")),
        new(
            Verdict.Unreachable,
            "The location could not be read; the detail says why.",
            "M3.8 1.7 8 5.9 12.2 1.7 14.3 3.8 10.1 8 14.3 12.2 12.2 14.3 8 10.1 3.8 14.3 1.7 12.2 5.9 8 1.7 3.8Z",
            new("#a01040", "#fce5eb", "#ff90a8", "#451624")
        ),
        new(
            Verdict.Unknown,
            "Anything else: it is unknown whether there is data.",
            "M4 5.6C4 3 5.8 1.4 8.1 1.4S12.2 3 12.2 5.1C12.2 7.6 9.2 8 9.2 10.2H6.9C6.9 7 9.8 6.9 9.8 5.2 9.8 4.2 9.1 3.6 8.1 3.6S6.4 "
                + "4.3 6.4 5.6ZM6.8 12H9.3V14.5H6.8Z",
            new("#20262f", "#dfe3e9", "#eceff3", "#3c4552")
        ),
    ];

    public string Word => Verdict.ToString();

    /// <summary>Class that gives an element the colours of the verdict.</summary>
    public string CssClass => "v-" + Word.ToLowerInvariant();

    public static VerdictLook Of(Verdict verdict) => All[(int)Known(verdict)];

    /// <summary>A verdict that this version does not know is not known to be better than the worst.</summary>
    public static Verdict Known(Verdict verdict) => Enum.IsDefined(verdict) ? verdict : Verdict.Unknown;
}

/// <summary>Colours of one verdict as <c>#rrggbb</c>: ink for words, symbols and lines; tint for the ground behind them.</summary>
internal sealed record VerdictColours(string Ink, string Tint, string DarkInk, string DarkTint);
