using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>Whether a command only tells what it would take, and what it then goes by.</summary>
internal sealed class EstimateParameters
{
    /// <summary>Reads nothing: lists, and tells how much there is to read, how long that takes, and what of it is charged.</summary>
    [Parameter]
    public SwitchParameter Estimate { get; set; }

    /// <summary>With -Estimate, how many workers read at once.</summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int Workers { get; set; } = 1;

    /// <summary>With -Estimate, how many megabytes (10^6 bytes) a worker reads in a second.</summary>
    [Parameter]
    [ValidateRange(0.001, 1_000_000)]
    public double MegabytesPerSecond { get; set; } = 100;

    /// <summary>An estimate of what an operation on the same devices would read.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="scope">The records that it is about.</param>
    /// <param name="noIndex">Whether it goes past the device index.</param>
    public EstimateOptions ToOptions(SubjectOptions operation, RecordScope scope, bool noIndex) =>
        new()
        {
            Context = operation.Context,
            DeviceIds = operation.DeviceIds,
            Query = operation.Query,
            ThrottleLimit = operation.ThrottleLimit,
            Scope = scope,
            NoIndex = noIndex,
            Workers = Workers,
            MegabytesPerSecond = MegabytesPerSecond,
        };
}
