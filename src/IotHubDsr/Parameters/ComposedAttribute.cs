namespace IotHubDsr.Parameters;

/// <summary>
/// The parameters of the object in this member are parameters of the cmdlet. PowerShell knows no composed parameters: IotHubDsr.Generators
/// writes the properties of the cmdlet that hand their values on, in the order in which they are declared, which is that of the syntax.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
internal sealed class ComposedAttribute : Attribute
{
    /// <summary>The parameter sets that they belong to; empty for those that the object says.</summary>
    public string[] Sets { get; set; } = [];

    /// <summary>The names of those that are taken; empty for all.</summary>
    public string[] Only { get; set; } = [];
}
