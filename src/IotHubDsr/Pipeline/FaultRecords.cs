using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Catalogued failures as PowerShell's error records. The target stays what it is, for scripts; every text is made visible, since names in
/// it come from blobs, certificates and services.
/// </summary>
internal static class FaultRecords
{
    /// <summary>PowerShell shows the recommended action of an error from 7.5 on; before that it is said with the message.</summary>
    private static readonly bool HostShowsAction = typeof(PSObject).Assembly.GetName().Version >= new Version(7, 5);

    public static ErrorRecord ToErrorRecord(this Fault fault, Exception? exception = null)
    {
        Fault shown = fault with
        {
            Message = VisibleText.OfLine(fault.Message),
            RecommendedAction = VisibleText.OfLine(fault.RecommendedAction),
        };
        var record = new ErrorRecord(
            new DsrException(shown, IsVisible(exception?.InnerException) ? exception?.InnerException : null),
            fault.Id,
            Enum.Parse<ErrorCategory>(fault.Category.ToString()),
            fault.Target
        )
        {
            ErrorDetails = new ErrorDetails(HostShowsAction ? shown.Message : $"{shown.Message} {shown.RecommendedAction}")
            {
                RecommendedAction = shown.RecommendedAction,
            },
        };
        record.CategoryInfo.TargetName = VisibleText.OfLine(fault.Target);
        return record;
    }

    /// <summary>Get-Error prints the causes as they are: one that would not be readable as it stands is left out.</summary>
    private static bool IsVisible(Exception? cause)
    {
        for (Exception? one = cause; one is not null; one = one.InnerException)
        {
            if (VisibleText.Of(one.Message) != one.Message.ReplaceLineEndings("\n"))
                return false;
        }

        return true;
    }
}
