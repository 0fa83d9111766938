namespace IotHubDsr.Shell.Sessions;

/// <summary>The session cannot be started; the message says what to do.</summary>
internal sealed class SessionStartException(string message, Exception? cause = null) : Exception(message, cause);
