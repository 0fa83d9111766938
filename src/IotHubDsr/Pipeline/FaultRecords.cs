using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>Catalogued failures as PowerShell's error records.</summary>
internal static class FaultRecords
{
    public static ErrorRecord ToErrorRecord(this Fault fault, Exception? exception = null) => new(
        exception ?? new DsrException(fault),
        fault.Id,
        Enum.Parse<ErrorCategory>(fault.Category.ToString()),
        fault.Target)
    {
        ErrorDetails = new ErrorDetails($"{fault.Message} {fault.RecommendedAction}") { RecommendedAction = fault.RecommendedAction },
    };
}
