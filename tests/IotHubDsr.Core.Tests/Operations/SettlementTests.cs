using IotHubDsr.Core.Operations;
using IotHubDsr.Core.Sinks;
using static IotHubDsr.Verdict;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>The verdict after an erasure, as a table.</summary>
public sealed class SettlementTests
{
    private static readonly DateTimeOffset Deleted = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // Done, and read again. Columns: what the store knows; what the next read finds; whether data still arrives here; the verdict.
    [InlineData("nothing", Absent, false, Erased)]
    [InlineData("nothing", Absent, true, ErasurePending)]
    [InlineData("nothing", Present, false, Present)]
    [InlineData("nothing", Present, true, Present)]
    [InlineData("nothing", Expiring, true, Expiring)]
    [InlineData("nothing", Held, false, Held)]
    [InlineData("nothing", Unreachable, true, Unreachable)]
    // A failure by itself decides nothing: what is found does.
    [InlineData("failed", Absent, false, Erased)]
    [InlineData("failed", Present, false, Present)]
    [InlineData("failed", Unreachable, false, Unreachable)]
    // What was left on purpose explains what is found, if that is all that is found.
    [InlineData("left young", Present, false, ErasurePending)]
    [InlineData("left young", Absent, false, ErasurePending)]
    [InlineData("left young", Expiring, false, Expiring)]
    [InlineData("left young", Unreachable, false, Unreachable)]
    [InlineData("other young", Present, false, Present)]
    [InlineData("left held", Present, false, Held)]
    [InlineData("left held", Absent, true, Held)]
    [InlineData("other held", Present, false, Present)]
    // A blob that is not what it must be: nothing is certified, whatever is found.
    [InlineData("broken", Absent, false, Unknown)]
    [InlineData("broken", Unreachable, false, Unknown)]
    public void Of_StepThatWasDone_TakesWhatTheNextReadFinds(string known, Verdict found, bool live, Verdict expected)
    {
        var settlement = Settlement.Of(Outcome(known), Finding(found), live ? Pending : null);

        Assert.Equal(expected, settlement.Verdict);
    }

    [Theory]
    [InlineData(Present, Present)]
    [InlineData(Unreachable, Unreachable)]
    [InlineData(OwnerAction, OwnerAction)]
    [InlineData(Expiring, Expiring)]
    // What nobody reads is never called absent, and never erased.
    [InlineData(Absent, Unknown)]
    [InlineData(Erased, Unknown)]
    public void OfUnread_PlaceThatNobodyReads_IsNeverAbsentOrErased(Verdict found, Verdict expected) =>
        Assert.Equal(expected, Settlement.OfUnread(Finding(found), Deleted, Deleted).Verdict);

    [Theory]
    [InlineData(0, false)]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void OfUnread_RetentionIsOver_IsOverByTheTimeOfTheServices(int days, bool expected)
    {
        DeviceDataFinding finding = Finding(Expiring) with
        {
            Location = Location() with { Retention = TimeSpan.FromDays(30), FlushTime = null },
        };

        var settlement = Settlement.OfUnread(finding, Deleted, Deleted.AddDays(days));
        var untimed = Settlement.OfUnread(finding, Deleted, now: null);
        var alive = Settlement.OfUnread(finding, goneAt: null, Deleted.AddDays(days));

        Assert.Equal((Expiring, Deleted.AddDays(30), expected), (settlement.Verdict, settlement.Until, settlement.IsOver));
        Assert.False(untimed.IsOver);
        Assert.False(alive.IsOver);
    }

    [Fact]
    public void Of_PlaceThatCanBeErased_WaitsForWhatArrives_BeforeWhatOnlyABackupKeeps()
    {
        DeviceDataFinding finding = Finding(Expiring) with { Until = Deleted.AddDays(30), Detail = "The backup." };
        DeviceDataFinding erasable = finding with { Location = Location() with { Capabilities = LocationCapabilities.Erase } };

        Assert.Equal((Expiring, Deleted.AddDays(30)), Seen(Settlement.Of(Outcome("nothing"), finding, Pending)));
        Assert.Equal((ErasurePending, Pending.Until), Seen(Settlement.Of(Outcome("nothing"), erasable, Pending)));
        Assert.Equal("late The backup.", Settlement.Of(Outcome("nothing"), erasable, Pending).Detail);
        Assert.Equal((Expiring, Deleted.AddDays(30)), Seen(Settlement.Of(Outcome("nothing"), erasable, pending: null)));

        static (Verdict, DateTimeOffset?) Seen(Settlement settlement) => (settlement.Verdict, settlement.Until);
    }

    [Fact]
    public void Of_NothingWasThereToErase_IsAbsentAndNotErased() =>
        Assert.Equal(Absent, Settlement.Of(new ErasureOutcome("dev1", 0, 0), Finding(Absent), pending: null).Verdict);

    private static Settlement Pending => new(ErasurePending, Deleted.AddMinutes(9), "late");

    private static DeviceDataFinding Finding(Verdict verdict) =>
        new()
        {
            DeviceId = "dev1",
            Verdict = verdict,
            RecordCount = verdict == Present ? 3 : 0,
            Items = verdict == Present ? [new SeenItem("left", null, 3, 30), new SeenItem("relayed", null, 0, 0)] : [],
            Location = Location(),
        };

    private static DataLocation Location() =>
        new()
        {
            Id = "routed-blob.a.b",
            Kind = LocationKinds.RoutedBlobContainer,
            Place = "a/b",
            Provenance = ["a test"],
        };

    private static ErasureOutcome Outcome(string known) =>
        new ErasureOutcome("dev1", 3, 1) with
        {
            Fault = known is "failed" or "broken" ? FaultCatalogue.BlobLeased.For("left") : null,
            Verdict = known switch
            {
                "left young" or "other young" => ErasurePending,
                "left held" or "other held" => Held,
                "broken" => Unknown,
                _ => null,
            },
            Left = known.StartsWith("left", StringComparison.Ordinal) ? new HashSet<string> { "left" } : new HashSet<string> { "other" },
        };
}
