namespace IotHubDsr.Core.Azure;

/// <summary>
/// Lets a policy or callback deep inside a library reach the streams of the operation on whose behalf it runs.
/// </summary>
internal static class OperationNotices
{
    private static readonly AsyncLocal<Action<DsrEvent>?> Listener = new();

    /// <summary>
    /// Sends the notices of everything that is started from here on, in this asynchronous flow, to <paramref name="listener"/>.
    /// </summary>
    public static void Listen(Action<DsrEvent> listener) => Listener.Value = listener;

    public static void Send(NoticeLevel level, string text) => Listener.Value?.Invoke(new NoticeEvent(level, text));

    public static void Send(ProgressEvent progress) => Listener.Value?.Invoke(progress);
}
