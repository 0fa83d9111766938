namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>Waits for what happens on another connection; a machine ten times slower waits longer, and no test is slower for it.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    public static async Task HoldsAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(MessagingSession.Patience);
        while (!condition())
            await Task.Delay(s_pause, timeout.Token);
    }
}
