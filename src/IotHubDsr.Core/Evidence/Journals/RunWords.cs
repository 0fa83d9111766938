namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>What a run is to do, as the journal writes it.</summary>
internal static class RunKinds
{
    public const string Erase = "erase";
    public const string Resume = "resume";
    public const string Verify = "verify";
}

/// <summary>Whose time the lines of a run have, as the journal writes it.</summary>
internal static class RunClocks
{
    public const string Service = "service";
}

/// <summary>How a run ended, as the journal writes it.</summary>
internal static class RunOutcomes
{
    public const string Completed = "completed";
    public const string Stopped = "stopped";
    public const string Failed = "failed";
}
