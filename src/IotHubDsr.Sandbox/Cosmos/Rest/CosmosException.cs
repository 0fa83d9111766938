using System.Globalization;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>Ends an operation with an error of the service, before anything was changed.</summary>
internal sealed class CosmosException(int status, string code, string message, int substatus = 0) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    /// <summary>Tells apart errors of one status; 0 for none.</summary>
    public string? Substatus => substatus == 0 ? null : substatus.ToString(CultureInfo.InvariantCulture);
}
