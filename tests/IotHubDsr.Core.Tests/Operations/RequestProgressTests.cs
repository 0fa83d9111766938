using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Operations;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What is open of a request, from its journal and a clock that may be wrong.</summary>
public sealed class RequestProgressTests
{
    private const string Archive = "archive";
    private const string Jobs = "jobs";

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Leaves = Start.AddDays(40);

    private readonly RequestState _state = new();
    private long _lines;

    public RequestProgressTests()
    {
        Add(0, new Registered("r", "hub", null, Start, ["hmac-1"], null, "t"));
        Add(
            0,
            new Planned(
                "sha256:0",
                [new(Archive, LocationKinds.RoutedBlobContainer, Archive, 1, 1), new(Jobs, LocationKinds.JobHistory, Jobs, 0, null)],
                [],
                null
            )
        );
    }

    [Theory]
    [InlineData(Archive)]
    [InlineData(Jobs)]
    public void Closed_ExpiringPlaceWhoseTimeIsOverByTheMachinesClock_IsNotReachedBeforeARunHasLooked(string location)
    {
        Run(1, new VerifiedGroup(Verdict.Expiring, Leaves, null, null), location);

        RequestProgress progress = At(60);

        Assert.Equal((DataRequestStatus.Waiting, Start.AddDays(60)), (progress.Status, progress.NextAt));
        Assert.Contains("Resume-IotDataRequest", progress.NextAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Closed_PlaceThatNobodyReadsAndARunFoundOverByTheTimeOfTheServices_IsReached()
    {
        Run(1, new VerifiedGroup(Verdict.Expiring, Leaves, null, null), Jobs);
        Run(41, new VerifiedGroup(Verdict.Expiring, Leaves, null, null, IsOver: true), Jobs);

        Assert.Equal(DataRequestStatus.Closed, At(41).Status);
    }

    [Fact]
    public void Answered_WhatIsLeftOnlyExpires_IsNotDueAnyMoreAndStillWatched()
    {
        Run(1, new VerifiedGroup(Verdict.Expiring, Leaves, null, null), Jobs);
        RequestProgress before = At(2);
        Add(3, new Answered("hmac-note"));
        RequestProgress after = At(4);

        Assert.Equal(DueDates.Due(Start), before.NextAt);
        Assert.Contains("-AnswerNote", before.NextAction, StringComparison.Ordinal);
        Assert.Equal((DataRequestStatus.Waiting, Leaves), (after.Status, after.NextAt));
        Assert.DoesNotContain("-AnswerNote", after.NextAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Verdict.Present)]
    [InlineData(Verdict.Unreachable)]
    [InlineData(Verdict.OwnerAction)]
    public void Answered_SomebodyHasToAct_StaysDue(Verdict verdict)
    {
        Run(1, new VerifiedGroup(verdict, null, null, null), Archive);
        Add(3, new Answered("hmac-note"));

        Assert.Equal((DataRequestStatus.ActionNeeded, DueDates.Due(Start)), (At(4).Status, At(4).NextAt));
    }

    [Fact]
    public void Answered_BeforeThePlanWasBound_IsAnAnswerToSomethingElse()
    {
        Add(1, new Answered("hmac-note"));
        Add(2, new Planned("sha256:1", [new(Jobs, LocationKinds.JobHistory, Jobs, 0, null)], [], null));
        Run(3, new VerifiedGroup(Verdict.Expiring, Leaves, null, null), Jobs);

        Assert.Null(_state.AnsweredAt);
        Assert.Equal(DueDates.Due(Start), At(4).NextAt);
    }

    private RequestProgress At(int day) => RequestProgress.Of(_state, isHeld: false, Start.AddDays(day));

    private void Run(int day, VerifiedGroup group, string location)
    {
        Add(day, new RunStarted(RunKinds.Erase, new Party("p"), "t", RunClocks.Service));
        foreach (string other in (string[])[Archive, Jobs])
        {
            Add(
                day,
                new Verified(
                    other,
                    IsRead: other == Archive,
                    [other == location ? group : new VerifiedGroup(Verdict.Erased, null, 0, null)]
                )
            );
        }

        Add(day, new RunEnded(RunOutcomes.Completed, group.Verdict, null));
    }

    private void Add(int day, JournalEvent next) =>
        _state.Apply(new JournalLine(++_lines, Start.AddDays(day), next), new JournalHead(_lines, $"line-{_lines}"));
}
