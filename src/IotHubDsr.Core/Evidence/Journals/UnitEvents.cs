namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>Units were planned that other processes do; it is recorded before they are asked to.</summary>
/// <param name="Work">The work that they are parts of.</param>
/// <param name="First">Number of the first.</param>
/// <param name="Count">How many.</param>
/// <param name="Digest">Digest of their digests, each as hexadecimal digits and a line feed.</param>
/// <param name="Bytes">How many bytes of the place they read; 0 where that is not known.</param>
internal sealed record UnitsPlanned(string Work, int First, int Count, string Digest, long Bytes = 0) : JournalEvent;

/// <summary>What units showed was taken in. One of which this is missing was not done.</summary>
/// <param name="Work">The work that they are parts of.</param>
/// <param name="Units">The heads of their segments.</param>
internal sealed record UnitsTaken(string Work, IReadOnlyList<TakenUnit> Units) : JournalEvent;

/// <param name="Number">Number of the unit.</param>
/// <param name="Head">Hash of the last line of its segment.</param>
/// <param name="Lines">How many lines its segment has.</param>
internal sealed record TakenUnit(int Number, string Head, long Lines);

/// <summary>In a segment: a worker begins the unit.</summary>
/// <param name="Attempt">How often it was begun without an end, this time included.</param>
/// <param name="Worker">The worker: a name without meaning.</param>
internal sealed record UnitBegun(int Attempt, string Worker) : JournalEvent;

/// <summary>In a segment: a worker was stopped, and gives the unit back.</summary>
internal sealed record UnitReturned(string Worker) : JournalEvent;

/// <summary>In a segment: nothing is left to do. It is the last line.</summary>
/// <param name="Outcome">One of <see cref="UnitOutcomes"/>.</param>
/// <param name="Result">Digest of what the unit showed, or of its failure; null where it was given up.</param>
/// <param name="Attempt">The attempt that it ended with.</param>
internal sealed record UnitClosed(string Outcome, string? Result, int Attempt) : JournalEvent;

/// <summary>How a unit ends.</summary>
internal static class UnitOutcomes
{
    public const string Done = "done";

    /// <summary>The place as a whole cannot be worked on.</summary>
    public const string Failed = "failed";

    /// <summary>Too many processes were lost with it.</summary>
    public const string GivenUp = "given-up";

    /// <summary>The command that planned it was lost, or had to end, and another one does what is left.</summary>
    public const string Withdrawn = "withdrawn";

    public static IReadOnlyList<string> All { get; } = [Done, Failed, GivenUp, Withdrawn];
}
