using IotHubDsr.Requests;
using IotHubDsr.Stores;
using static IotHubDsr.Verdict;

namespace IotHubDsr.Core.Tests.Requests;

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
        ErasureStep step = Step(Present, ErasureAction.Erase, live);

        Settlement settlement = Settlement.Of(step, Outcome(known), Finding(found, live), Deleted, Deleted);

        Assert.Equal(expected, settlement.Verdict);
    }

    [Theory]
    // Not approved: the finding stands. Nothing to do: it stands as well, unless the deletion of the device writes here.
    [InlineData(Present, ErasureAction.Erase, true, true, Present)]
    [InlineData(Unreachable, ErasureAction.Erase, true, true, Unreachable)]
    [InlineData(Absent, ErasureAction.None, false, true, Absent)]
    [InlineData(Absent, ErasureAction.None, true, true, ErasurePending)]
    [InlineData(Absent, ErasureAction.None, true, false, Absent)]
    [InlineData(Present, ErasureAction.None, true, true, Present)]
    [InlineData(Held, ErasureAction.None, true, true, Held)]
    [InlineData(OwnerAction, ErasureAction.None, true, true, OwnerAction)]
    [InlineData(Unknown, ErasureAction.None, false, true, Unknown)]
    public void OfUntouched_StepThatWasNotDone_IsNeverErased(Verdict found, ErasureAction action, bool live, bool deviceDeleted, Verdict expected)
    {
        Settlement settlement = Settlement.OfUntouched(Step(found, action, live), deviceDeleted ? Deleted : null, Deleted);

        Assert.Equal(expected, settlement.Verdict);
    }

    [Theory]
    [MemberData(nameof(EveryVerdict))]
    public void OfUntouched_NotReadAgain_IsNeverErased(Verdict found)
    {
        Settlement settlement = Settlement.OfUntouched(Step(found, ErasureAction.Erase, live: false), deletedAt: null, Deleted);

        Assert.NotEqual(Erased, settlement.Verdict);
    }

    [Fact]
    public void Of_DeviceDeleted_NamesTheTimeUntilWhichMessagesArrive()
    {
        Settlement settlement = Settlement.Of(
            Step(Present, ErasureAction.Erase, live: true), Outcome("nothing"), Finding(Absent, live: true), Deleted, Deleted);

        Assert.Equal(Deleted.AddMinutes(9), settlement.Until);
    }

    [Theory]
    [InlineData(true, 8, ErasurePending)]
    [InlineData(true, 9, Erased)]
    [InlineData(false, 9, Absent)]
    public void Of_ReadAgainAndNothingThere_IsPendingOnlyUntilTheLastMessageCanHaveArrived(bool done, int minutes, Verdict expected)
    {
        ErasureStep step = Step(done ? Present : Absent, done ? ErasureAction.Erase : ErasureAction.None, live: true);

        Settlement settlement = Settlement.Of(
            step, done ? Outcome("nothing") : null, Finding(Absent, live: true), Deleted, Deleted.AddMinutes(minutes));

        Assert.Equal(expected, settlement.Verdict);
    }

    public static TheoryData<Verdict> EveryVerdict => [.. Enum.GetValues<Verdict>().Where(verdict => verdict != Erased)];

    private static ErasureStep Step(Verdict verdict, ErasureAction action, bool live) => new(Finding(verdict, live), action);

    private static DeviceDataFinding Finding(Verdict verdict, bool live) => new()
    {
        DeviceId = "dev1",
        Verdict = verdict,
        Records = verdict == Present ? 3 : 0,
        Items = verdict == Present ? [new SeenItem("left", null, 3, 30), new SeenItem("relayed", null, 0, 0)] : [],
        Location = new DataLocation
        {
            Id = "routed-blob.a.b",
            Kind = LocationKinds.RoutedBlobContainer,
            Place = "a/b",
            Provenance = ["a test"],
            FlushTime = live ? TimeSpan.FromMinutes(9) : null,
        },
    };

    private static ErasureOutcome Outcome(string known) => new ErasureOutcome("dev1", 3, 1) with
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
