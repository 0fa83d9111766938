namespace IotHubDsr.Parameters;

/// <summary>Names of parameter sets that several commands have.</summary>
internal static class ParameterSets
{
    public const string ByDeviceId = "DeviceId";
    public const string ByQuery = "Query";
    public const string ByPlan = "Plan";
}
