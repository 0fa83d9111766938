using System.Collections.Concurrent;
using IotHubDsr.Tests.Azurite;
using Xunit.Sdk;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>What holds of every scheduler: in the process, over segments, and with the engine between.</summary>
public sealed class SchedulerTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>
{
    [Theory]
    [InlineData(SchedulerUnderTest.Process)]
    [InlineData(SchedulerUnderTest.Direct)]
    [DurableData]
    public async Task Run_GivesWhatAllUnitsShow_AndEachIsDoneOnce(string scheduler)
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(scheduler, azurite);
        var done = new ConcurrentBag<int>();
        var work = new SquaresWork(rounds: 1, unitsOfRound: 70)
        {
            Do = (unit, _) =>
            {
                done.Add(unit);
                return Task.CompletedTask;
            },
        };

        IReadOnlyList<long> squares = await test.RunAsync(work);

        Assert.Equal(Enumerable.Range(0, 70).Select(static unit => (long)unit * unit), squares);
        Assert.Equal(Enumerable.Range(0, 70), done.Order());
        Assert.True(work.IsDisposed);
    }

    [Theory]
    [InlineData(SchedulerUnderTest.Process)]
    [InlineData(SchedulerUnderTest.Direct)]
    [DurableData]
    public async Task Round_BeginsWhenAllUnitsOfTheOneBeforeAreDone(string scheduler)
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(scheduler, azurite);
        var work = new SquaresWork(rounds: 3, unitsOfRound: 5) { Do = static (unit, token) => Task.Delay(unit % 3 * 20, token) };

        IReadOnlyList<long> squares = await test.RunAsync(work);

        Assert.Equal([5, 10, 15], work.DoneAtRoundsEnd);
        Assert.Equal(15, squares.Count);
    }

    [Theory]
    [InlineData(SchedulerUnderTest.Process)]
    [InlineData(SchedulerUnderTest.Direct)]
    [DurableData]
    public async Task Failure_OfThePlaceInAUnit_EndsTheWorkWithIt_AndLetsGo(string scheduler)
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(scheduler, azurite);
        var work = new SquaresWork(rounds: 2, unitsOfRound: 8)
        {
            Do = static (unit, _) =>
                unit == 3 ? throw FaultCatalogue.LocationUnreadable.Exception("secret-device", "it is locked") : Task.CompletedTask,
        };

        DsrException failure = await Assert.ThrowsAsync<DsrException>(() => test.RunAsync(work));

        Assert.Equal(FaultCatalogue.LocationUnreadable.For("secret-device", "it is locked"), failure.Fault);
        Assert.Equal((true, false), (work.IsDisposed, work.IsCompleted));
    }

    [Theory]
    [InlineData(SchedulerUnderTest.Process)]
    [InlineData(SchedulerUnderTest.Direct)]
    [DurableData]
    public async Task Stop_EndsTheWork_AndLetsGo(string scheduler)
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(scheduler, azurite);
        using var stop = new CancellationTokenSource();
        var work = new SquaresWork(rounds: 1, unitsOfRound: 500)
        {
            Do = async (_, token) =>
            {
                await stop.CancelAsync();
                await Task.Delay(20, token);
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.RunAsync(work, cancellationToken: stop.Token));

        Assert.Equal((true, false), (work.IsDisposed, work.IsCompleted));
    }
}

/// <summary>Runs a test with the engine on Azurite, and skips it by name where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DurableDataAttribute : DataAttribute
{
    public DurableDataAttribute() => Skip = AzuriteServer.Missing;

    public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
        [
            [SchedulerUnderTest.Durable],
        ];
}
