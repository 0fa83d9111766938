namespace IotHubDsr.Module.Tests.Pester;

/// <summary>Names the Pester test that shows the same on a machine with pwsh and Pester.</summary>
/// <param name="it">The name of the Pester test.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class PesterTwinAttribute(string it) : Attribute
{
    public string It { get; } = it;
}
