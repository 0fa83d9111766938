using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>Catalogued failures as PowerShell's error records.</summary>
internal static class FaultRecords
{
    /// <summary>PowerShell shows the recommended action of an error from 7.5 on; before that it is said with the message.</summary>
    private static readonly bool HostShowsAction = typeof(PSObject).Assembly.GetName().Version >= new Version(7, 5);

    public static ErrorRecord ToErrorRecord(this Fault fault, Exception? exception = null) => new(
        exception ?? new DsrException(fault),
        fault.Id,
        Enum.Parse<ErrorCategory>(fault.Category.ToString()),
        fault.Target)
    {
        ErrorDetails = new ErrorDetails(HostShowsAction ? fault.Message : $"{fault.Message} {fault.RecommendedAction}")
        {
            RecommendedAction = fault.RecommendedAction,
        },
    };
}
