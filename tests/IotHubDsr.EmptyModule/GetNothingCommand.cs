using System.Management.Automation;

namespace IotHubDsr.EmptyModule;

/// <summary>The one command of a module that does nothing.</summary>
[Cmdlet(VerbsCommon.Get, "Nothing")]
public sealed class GetNothingCommand : PSCmdlet;
