namespace IotHubDsr.Core.Foundation;

/// <summary>Why something failed, in one line: service exceptions continue with headers and whole responses.</summary>
internal static class Reason
{
    private static readonly char[] LineEnds = ['\r', '\n'];

    public static string Of(Exception exception)
    {
        string first = exception
            .Message.Split(LineEnds, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault()
            ?? exception.GetType().Name;
        return first[^1] is '.' or '!' or '?' ? first : first + ".";
    }
}
