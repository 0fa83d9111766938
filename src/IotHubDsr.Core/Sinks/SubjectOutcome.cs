namespace IotHubDsr.Core.Sinks;

/// <summary>
/// What became of a device in a location: what receipts, certificates and reports say of it, and of several that fare alike.
/// </summary>
/// <param name="Verdict">The state when the location was read last.</param>
/// <param name="Planned">Records that were found or planned to be erased; null if not counted.</param>
/// <param name="Erased">Records that were erased; null where nothing is erased by this tool.</param>
/// <param name="Remaining">Records that were still there; null if not counted.</param>
/// <param name="Until">Until when the verdict holds, for verdicts that end at a time.</param>
internal sealed record SubjectOutcome(
    Verdict Verdict,
    long? Planned = null,
    long? Erased = null,
    long? Remaining = null,
    DateTimeOffset? Until = null
)
{
    public static SubjectOutcome Of(ErasureReceipt receipt) =>
        new(receipt.Verdict, receipt.RecordsPlanned, receipt.RecordsErased, receipt.RecordsRemaining, receipt.Until);

    /// <summary>A number of records as it is meant: earlier versions wrote 0 where nobody counted.</summary>
    public static long? Counted(long? records, Verdict verdict) =>
        records is 0 && verdict is (Verdict.Expiring or Verdict.OwnerAction or Verdict.Unreachable or Verdict.Unknown) ? null : records;
}
