namespace IotHubDsr.Shell.CommandLine;

/// <summary>The command line cannot be understood; the message says which part of it.</summary>
internal sealed class UsageException(string message) : Exception(message);
