using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>Whether the work is done by a job.</summary>
internal sealed class JobParameters
{
    /// <summary>Runs as a thread job of the session, and gives the job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }
}
