using System.Globalization;
using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Takes spans of time as PowerShell does, but for a bare number: that is days, as in a text, and not ten-millionths of a second.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DaysTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? inner = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        double? days = inner switch
        {
            byte or short or int or long or float or double or decimal => Convert.ToDouble(inner, CultureInfo.InvariantCulture),
            string text
                when double.TryParse(
                    text,
                    NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out double number
                ) => number,
            _ => null,
        };
        if (days is null)
            return inputData;
        return Math.Abs(days.Value) < TimeSpan.MaxValue.TotalDays
            ? TimeSpan.FromDays(days.Value)
            : throw new ArgumentTransformationMetadataException("The number of days is too large.");
    }
}
