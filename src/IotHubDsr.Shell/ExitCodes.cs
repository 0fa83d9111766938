namespace IotHubDsr.Shell;

/// <summary>The exit codes of <c>pwsh</c>, and the usual one of a process that was asked to end.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int WrongCommandLine = 64;
    public const int CannotStart = 70;
    public const int Terminated = 128 + 15;
}
