using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>What the request files say that are written for recipients.</summary>
internal sealed class RecipientParameters
{
    /// <summary>Names devices in request files by their IDs instead of by the SHA-256 of each.</summary>
    [Parameter]
    public SwitchParameter RawIdentities { get; set; }

    /// <summary>Addresses at which recipients report how far they are.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidatePattern("^https://[^/]")]
    public Uri[] StatusCallbackUrl { get; set; } = [];

    /// <summary>As the engine takes them.</summary>
    public RecipientOptions ToOptions() => new() { NamesDevices = RawIdentities, StatusCallbackUrls = StatusCallbackUrl };
}
