using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>What is taken of devices' data beyond what is their own and current.</summary>
internal sealed class ErasureParameters
{
    /// <summary>Also messages that a gateway relayed for other devices.</summary>
    [Parameter]
    public SwitchParameter IncludeRelayed { get; set; }

    /// <summary>Also old versions, snapshots and soft-deleted copies, where the service allows it.</summary>
    [Parameter]
    public SwitchParameter IncludeOldVersions { get; set; }

    /// <summary>Deletes a shared blob that keeps no record, instead of leaving it without any.</summary>
    [Parameter]
    public SwitchParameter DeleteEmptied { get; set; }

    /// <summary>With the records that they apply to.</summary>
    public ErasureOptions ToOptions(RecordScope scope) =>
        new()
        {
            Scope = scope,
            IncludeRelayed = IncludeRelayed,
            IncludeOldVersions = IncludeOldVersions,
            DeleteEmptied = DeleteEmptied,
        };
}
