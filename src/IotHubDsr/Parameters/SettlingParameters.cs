using System.Management.Automation;

namespace IotHubDsr.Parameters;

/// <summary>Whether messages are taken out that wait for their receiver.</summary>
internal sealed class SettlingParameters
{
    /// <summary>
    /// Also messages that wait for their receiver. Messages of other devices are delivered once more, in Service Bus those before them and in
    /// a storage queue all, so it is a consent of its own: for a plan that settles messages, <c>-Force</c> is not enough without it.
    /// </summary>
    [Parameter]
    public SwitchParameter SettleMessages { get; set; }
}
