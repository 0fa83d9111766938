using Azure;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// One call of a service that limits calls. Others share its limits: while it is too busy, each round has the attempts of the retry policy,
/// at the pace that it has asked for. Each attempt is charged to the pace, and the service's wish for a pause is handed on.
/// </summary>
/// <param name="turn">Returns when an attempt may be sent.</param>
/// <param name="pause">Takes how long the service wishes to be left alone.</param>
internal sealed class PacedCall(Func<CancellationToken, Task> turn, Action<TimeSpan> pause) : IAttemptObserver
{
    private const int MaxRounds = 10;
    private const int TooManyRequests = 429;

    /// <summary>Whether an attempt, of this round or an earlier one, may have been carried out although its reply was lost.</summary>
    public bool MayHaveHadEffect { get; private set; }

    /// <summary>Makes the call, and gives the reply of its last round.</summary>
    /// <param name="announce">Records what the call destroys, once it has its turn; null for none.</param>
    /// <param name="send">Sends one round.</param>
    /// <param name="statusOf">The status of a reply.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TReply> SendAsync<TReply>(
        Func<CancellationToken, ValueTask>? announce,
        Func<CancellationToken, Task<TReply>> send,
        Func<TReply, int> statusOf,
        CancellationToken cancellationToken
    )
    {
        for (int round = 1; ; round++)
        {
            await turn(cancellationToken);

            // What waits for its turn is not yet about to be done.
            if (round == 1 && announce is not null)
                await announce(cancellationToken);
            TReply reply = await send(cancellationToken);
            if (statusOf(reply) != TooManyRequests || round == MaxRounds)
                return reply;
        }
    }

    public async ValueTask BeforeRetryAsync(CancellationToken cancellationToken) => await turn(cancellationToken);

    public void After(Response? response)
    {
        if (response?.Status is TooManyRequests or 503)
            pause(ServiceRetryPolicy.WishedDelay.WishOf(response) ?? TimeSpan.Zero);
        MayHaveHadEffect |= response?.Status is null or 408 or >= 500;
    }
}
