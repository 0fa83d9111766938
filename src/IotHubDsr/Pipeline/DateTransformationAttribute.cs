using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace IotHubDsr.Pipeline;

/// <summary>Takes times as PowerShell does, and says of what is none, or can be read as two, which form is expected.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class DateTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? inner = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        switch (inner)
        {
            case null or DateTimeOffset or DateTime:
                return inputData;
            case DateOnly day:
                return new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue));
            case string text when !LanguagePrimitives.TryConvertTo(text, out DateTimeOffset _) || !HasYear().IsMatch(text):
                throw Refusal($"'{text}' is not a date.");
            case string text
                when DayOrMonth().Match(text) is { Success: true } parts
                    && parts.Groups[1].Value != parts.Groups[2].Value
                    && IsMonth(parts.Groups[1])
                    && IsMonth(parts.Groups[2]):
                throw Refusal($"'{text}' is ambiguous: it can be two dates, day or month first.");
            case string text:
                return LanguagePrimitives.ConvertTo<DateTimeOffset>(text);
            default:
                throw Refusal($"'{inner}' is not a date.");
        }
    }

    private static ArgumentTransformationMetadataException Refusal(string why) =>
        new(
            VisibleText.OfLine(
                $"{why} Write it as 2026-12-31, or with a time and its UTC offset as 2026-12-31T09:30:00+01:00; "
                    + "(Get-Date).AddDays(-1) works as well."
            )
        );

    private static bool IsMonth(Group part) => int.Parse(part.Value, NumberStyles.None, CultureInfo.InvariantCulture) <= 12;

    /// <summary>A year of four digits, and a day: a time alone, or a month, is never intended.</summary>
    [GeneratedRegex(@"(?<!\d)\d{4}(?!\d)\D+\d+\D+\d|\d.*(?<!\d)\d{4}(?!\d)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex HasYear();

    [GeneratedRegex(@"^\s*(\d{1,2})[./-](\d{1,2})[./-]\d{4}(?!\d)", RegexOptions.CultureInvariant)]
    private static partial Regex DayOrMonth();
}
