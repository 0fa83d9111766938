using IotHubDsr.Core.Operations;

namespace IotHubDsr.Core.Tests.Engine;

public sealed class OperationEventsTests
{
    [Fact]
    public async Task RunAsync_DisposedEarly_CancelsTheWorkAndWaitsForItsEnd()
    {
        bool ended = false;
        IAsyncEnumerator<DsrEvent> events = OperationEvents
            .RunAsync(
                async (operation, token) =>
                {
                    await operation.EmitAsync(Note(0), token);
                    try
                    {
                        await Task.Delay(Timeout.Infinite, token);
                    }
                    finally
                    {
                        // Work that takes long to wind up.
                        for (int step = 0; step < 100; step++)
                            await Task.Yield();
                        ended = true;
                    }
                },
                CancellationToken.None
            )
            .GetAsyncEnumerator();

        Assert.True(await events.MoveNextAsync());
        await events.DisposeAsync();

        Assert.True(ended);
    }

    [Fact]
    public async Task RunAsync_DisposedWhileWorkersWaitForRoom_LetsThemSayTheirLastWordsAndEnd()
    {
        int ended = 0;
        IAsyncEnumerator<DsrEvent> events = OperationEvents
            .RunAsync(
                (operation, token) =>
                    Task.WhenAll(
                        Enumerable
                            .Range(0, 4)
                            .Select(async worker =>
                            {
                                try
                                {
                                    for (int number = 0; ; number++)
                                        await operation.EmitAsync(Note(number), token);
                                }
                                finally
                                {
                                    // More of them than the backlog holds, and not to be cancelled.
                                    for (int number = 0; number < 2000; number++)
                                        await operation.EmitAsync(Note(number), CancellationToken.None);
                                    Interlocked.Increment(ref ended);
                                }
                            })
                    ),
                CancellationToken.None
            )
            .GetAsyncEnumerator();

        Assert.True(await events.MoveNextAsync());
        await events.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(4, ended);
    }

    [Fact]
    public async Task AskAsync_Many_WaitsForEachAnswerAndReturnsWhatWasApproved()
    {
        const int Count = 3000;
        IReadOnlyList<int> approved = [];
        var asked = new List<string>();
        await foreach (
            DsrEvent next in OperationEvents.RunAsync(
                async (operation, token) =>
                    approved = await operation.AskAsync(
                        Enumerable.Range(0, Count),
                        number => new ConfirmationEvent($"{number}", "Do it"),
                        token
                    ),
                CancellationToken.None
            )
        )
        {
            ConfirmationEvent question = Assert.IsType<ConfirmationEvent>(next);
            asked.Add(question.Target);
            question.Answer(asked.Count % 3 == 1);
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(number => $"{number}"), asked);
        Assert.Equal(Enumerable.Range(0, Count).Where(number => number % 3 == 0), approved);
    }

    [Fact]
    public async Task AskAsync_DisposedWithoutAnAnswer_EndsAndDoesNothingOfWhatWasAsked()
    {
        bool isDone = false;
        Task? work = null;
        IAsyncEnumerator<DsrEvent> events = OperationEvents
            .RunAsync((operation, token) => work = AskThenDoAsync(operation, token), CancellationToken.None)
            .GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        var question = (ConfirmationEvent)events.Current;

        await events.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        question.Answer(true);

        Assert.True(work!.IsCanceled);
        Assert.False(isDone);

        async Task AskThenDoAsync(OperationEvents operation, CancellationToken token)
        {
            await operation.AskAsync(new ConfirmationEvent("a", "Do it"), token);
            isDone = true;
        }
    }

    [Fact]
    public async Task RunAsync_SlowConsumer_HoldsTheWorkBackAndLosesNothing()
    {
        const int Count = 10_000;
        int emitted = 0;
        int seen = 0;
        await foreach (
            DsrEvent next in OperationEvents.RunAsync(
                async (operation, token) =>
                {
                    for (int number = 0; number < Count; number++)
                    {
                        await operation.EmitAsync(Note(number), token);
                        Interlocked.Increment(ref emitted);
                    }
                },
                CancellationToken.None
            )
        )
        {
            Assert.Equal($"{seen++}", Assert.IsType<NoticeEvent>(next).Text);
            Assert.InRange(Volatile.Read(ref emitted) - seen, -1, 1100);
        }

        Assert.Equal(Count, seen);
    }

    [Fact]
    public async Task RunAsync_WorkFails_GivesWhatWasSaidAndThenTheFailureOnce()
    {
        var failures = new List<Exception>();
        int said = 0;
        IAsyncEnumerator<DsrEvent> events = OperationEvents
            .RunAsync(
                async (operation, token) =>
                {
                    await operation.EmitAsync(Note(1), token);
                    throw FaultCatalogue.HubNotFound.Exception("hub", string.Empty);
                },
                CancellationToken.None
            )
            .GetAsyncEnumerator();
        try
        {
            while (await events.MoveNextAsync())
                said++;
        }
        catch (DsrException exception)
        {
            failures.Add(exception);
        }

        await events.DisposeAsync();
        Assert.Equal(1, said);
        Assert.Equal("HubNotFound", Assert.IsType<DsrException>(Assert.Single(failures)).Fault.Id);
    }

    [Fact]
    public async Task RunAsync_WorkFailsUnforeseen_IsCataloguedAsUnforeseen()
    {
        DsrException failed = await Assert.ThrowsAsync<DsrException>(async () =>
        {
            await foreach (
                DsrEvent _ in OperationEvents.RunAsync((_, _) => throw new InvalidTimeZoneException("odd"), CancellationToken.None)
            )
            {
                continue;
            }
        });

        Assert.Equal("Unforeseen", failed.Fault.Id);
        Assert.Contains("InvalidTimeZoneException", failed.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_CancelledWorkBreaksOff_EndsAsCancelledWhateverItThrew()
    {
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                DsrEvent _ in OperationEvents.RunAsync(
                    async (operation, token) =>
                    {
                        await operation.EmitAsync(Note(1), token);
                        await cancellation.CancelAsync();
                        throw new IOException("The connection was closed.");
                    },
                    cancellation.Token
                )
            )
            {
                continue;
            }
        });
    }

    private static NoticeEvent Note(int number) => new(NoticeLevel.Verbose, $"{number}");
}
