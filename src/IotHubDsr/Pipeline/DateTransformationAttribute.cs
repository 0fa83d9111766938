using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>Takes times as PowerShell does, and says of a text that is none which form is expected.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DateTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? inner = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (inner is not string text)
            return inputData;
        return LanguagePrimitives.TryConvertTo(text, out DateTimeOffset time)
            ? time
            : throw new ArgumentTransformationMetadataException(VisibleText.OfLine(
                $"'{text}' is not a date. Write it as 2026-12-31, or with a time and its offset from UTC as 2026-12-31T09:30:00+01:00; (Get-Date).AddDays(-1) works as well."));
    }
}
