using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Operations;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What can still arrive, from what journals say.</summary>
public sealed class ArrivalsTests
{
    private const string Device = "hmac-1";
    private const string Registry = "registry";
    private const string Archive = "archive";

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Flush = TimeSpan.FromMinutes(10);

    private readonly RequestState _state = new();
    private long _lines;

    public ArrivalsTests()
    {
        Add(-60, new Registered("r", "hub", null, Start, [Device], null, "t"));
        Add(
            -50,
            new Planned("sha256:0", [Of(Registry, LocationKinds.DeviceRegistry), Of(Archive, LocationKinds.RoutedBlobContainer)], [], null)
        );
    }

    [Fact]
    public void Absent_DeviceWasNeverSeen_IsPendingUntilTheFlushTimeAfterItWasFirstSeenAbsent()
    {
        Run(0, RunClocks.Service);
        See(1, Registry, Verdict.Absent);
        See(30, Registry, Verdict.Absent);

        Assert.Equal(Start.AddMinutes(11), Pending(10)?.Until);
        Assert.Null(Pending(11));
    }

    [Fact]
    public void Absent_DeviceWasThereInBetween_CountsFromTheLastTimeItWasSeenToBeGone()
    {
        Run(0, RunClocks.Service);
        See(1, Registry, Verdict.Absent);
        See(20, Registry, Verdict.Present);
        See(30, Registry, Verdict.Absent);

        Assert.Equal(Start.AddMinutes(40), Pending(31)?.Until);
    }

    [Fact]
    public void Absent_RegistryCannotBeRead_IsPendingWithoutEnd()
    {
        Run(0, RunClocks.Service);
        See(1, Registry, Verdict.Unreachable, isRead: false);

        Assert.Equal(Start.AddDays(2) + Flush, Pending(2 * 24 * 60)?.Until);
    }

    [Fact]
    public void Absent_DeviceIsThere_IsAsItWasRead()
    {
        Run(0, RunClocks.Service);
        See(1, Registry, Verdict.Present);

        Assert.Null(Pending(1));
    }

    [Fact]
    public void Erased_RouteWasDisabledAMomentAgo_IsPendingUntilTheFlushTimeAfterItWasFirstSeenDisabled()
    {
        Run(0, RunClocks.Service);
        See(1, Registry, Verdict.Present);
        Settlement? first = Pending(1, LocationInflow.Closed);
        See(2, Archive, Verdict.ErasurePending, inflow: Inflows.Closed);

        Assert.Equal(Start.AddMinutes(11), first?.Until);
        Assert.Equal(Start.AddMinutes(12), Pending(11, LocationInflow.Closed)?.Until);
        Assert.Null(Pending(12, LocationInflow.Closed));
    }

    [Fact]
    public void Erased_RouteWasEnabledInBetween_CountsFromTheNextTimeItIsSeenDisabled()
    {
        Run(0, RunClocks.Service);
        See(1, Registry, Verdict.Present);
        See(2, Archive, Verdict.ErasurePending, inflow: Inflows.Closed);
        See(30, Archive, Verdict.Present, inflow: Inflows.Open);

        Assert.Equal(Start.AddMinutes(50), Pending(40, LocationInflow.Closed)?.Until);
    }

    [Fact]
    public void Erased_DeviceWasGoneBeforeTheRouteWasClosed_CountsFromThat()
    {
        Run(0, RunClocks.Service);
        See(1, Registry, Verdict.Absent);
        See(30, Archive, Verdict.Absent, inflow: Inflows.Open);

        Assert.Null(Pending(40, LocationInflow.Closed));
    }

    [Fact]
    public void Erased_EndpointIsUnhealthy_IsNotFinalWhileItIsAndForAFlushTimeAfter()
    {
        Run(0, RunClocks.Service);
        See(1, Registry, Verdict.Absent);

        // Long after two batches.
        Assert.Equal(Start.AddMinutes(300).AddDays(1), Pending(300, LocationInflow.Queued)?.Until);
        See(300, Archive, Verdict.ErasurePending, inflow: Inflows.Queued);

        Assert.Equal(Start.AddMinutes(310), Pending(305)?.Until);
        Assert.Null(Pending(310));
    }

    [Fact]
    public void Pending_NoServiceTellsTheTime_IsNeverOver()
    {
        Run(0, clock: null);
        See(1, Registry, Verdict.Absent);
        See(90 * 24 * 60, Archive, Verdict.ErasurePending);

        Assert.NotNull(new Arrivals(_state, windowEnd: null, now: null, static _ => true).PendingOf(Location(LocationInflow.Open), Device));
    }

    [Theory]
    [InlineData(-120)]
    [InlineData(0)]
    [InlineData(600)]
    public void Pending_FirstRunWasOnAMachineWithAWrongClock_CountsFromTheNextRunByTheTimeOfTheServices(int off)
    {
        Run(off, clock: null);
        Add(off + 1, new Erased(Registry, DeletesDevice: true, [new ErasedGroup(1, 1, IsSettled: true, null, null, null)]));
        See(off + 1, Registry, Verdict.Erased);
        See(off + 2, Archive, Verdict.ErasurePending, inflow: Inflows.Closed);
        Run(5, RunClocks.Service);

        Assert.Equal(Start.AddMinutes(15), Pending(6)?.Until);
        Assert.Equal(Start.AddMinutes(15), Pending(6, LocationInflow.Closed)?.Until);
        Assert.Null(Pending(15));
    }

    [Fact]
    public void Pending_OfARunByTheTimeOfTheServices_IsNotMovedByTheNextOne()
    {
        Run(0, RunClocks.Service);
        Add(1, new Erased(Registry, DeletesDevice: true, [new ErasedGroup(1, 1, IsSettled: true, null, null, null)]));
        Run(5, RunClocks.Service);

        Assert.Equal(Start.AddMinutes(11), Pending(6)?.Until);
    }

    private Settlement? Pending(int minute, LocationInflow inflow = LocationInflow.Open) =>
        new Arrivals(_state, windowEnd: null, Start.AddMinutes(minute), static _ => true).PendingOf(Location(inflow), Device);

    private void Run(int minute, string? clock) => Add(minute, new RunStarted(RunKinds.Erase, new Party("p"), "t", clock));

    private void See(int minute, string location, Verdict verdict, bool isRead = true, string? inflow = null) =>
        Add(minute, new Verified(location, isRead, [new VerifiedGroup(verdict, Until: null, Remaining: 0, Subjects: null)], inflow));

    private void Add(int minute, JournalEvent next) =>
        _state.Apply(new JournalLine(++_lines, Start.AddMinutes(minute), next), new JournalHead(_lines, $"line-{_lines}"));

    private static PlannedLocation Of(string id, string kind) => new(id, kind, id, Steps: 1, Records: 1);

    private static DataLocation Location(LocationInflow inflow) =>
        new()
        {
            Id = Archive,
            Kind = LocationKinds.RoutedBlobContainer,
            Place = Archive,
            Provenance = ["a test"],
            FlushTime = Flush,
            Inflow = inflow,
        };
}
