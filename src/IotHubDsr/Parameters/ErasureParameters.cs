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

    /// <summary>
    /// What is done with a device's enrollment in a Device Provisioning Service: deleted, or disabled and left, or as an answer says.
    /// </summary>
    [Parameter]
    public Reprovisioning Reprovisioning { get; set; }

    /// <summary>
    /// Takes a device out of target conditions of configurations that do nothing but list devices, and deletes those that are for no other
    /// device.
    /// </summary>
    [Parameter]
    public SwitchParameter RewriteConfigurations { get; set; }

    /// <summary>
    /// Also has rows of a Log Analytics workspace hidden from queries as soon as they are ordered to be purged, which is no erasure.
    /// </summary>
    [Parameter]
    public SwitchParameter HideNow { get; set; }

    /// <summary>With the records that they apply to.</summary>
    public ErasureOptions ToOptions(RecordScope scope) =>
        new()
        {
            Scope = scope,
            IncludeRelayed = IncludeRelayed,
            IncludeOldVersions = IncludeOldVersions,
            DeleteEmptied = DeleteEmptied,
            Reprovisioning = Reprovisioning,
            RewriteConfigurations = RewriteConfigurations,
            HideNow = HideNow,
        };
}
