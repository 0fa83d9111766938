using System.Collections;
using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Takes device IDs from strings and from objects that have one: twins and devices of Microsoft.Azure.Devices, devices of Az.IotHub,
/// findings, receipts and exports of this module, also after a round trip through Clixml. Without it PowerShell would bind the text
/// form of the whole object.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DeviceIdTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] Properties = ["DeviceId", "Id"];

    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var ids = new List<string>();
        Collect(inputData, ids);
        return ids.ToArray();
    }

    private static void Collect(object? value, List<string> ids)
    {
        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (inner)
        {
            case string text:
                ids.Add(text);
                break;
            case IDictionary:
            case not IEnumerable:
                ids.AddRange(FromProperties(value));
                break;
            case IEnumerable many:
                foreach (object? one in many)
                    Collect(one, ids);
                break;
        }
    }

    private static List<string> FromProperties(object? value)
    {
        var found = new List<string>();
        foreach (string name in Properties)
        {
            object? property = value is null ? null : PSObject.AsPSObject(value).Properties[name]?.Value;
            if (property is PSObject { BaseObject: var inner })
                property = inner;
            if (property is string or IEnumerable)
            {
                Collect(property, found);
                return found;
            }
        }

        string message =
            $"An object of type '{(value is null ? "null" : PSObject.AsPSObject(value).TypeNames[0])}' has no property DeviceId or Id with the ID of a device.";
        // After a cast that failed PowerShell tries the other parameters, of which one takes plans.
        throw value is ErasurePlan or PSObject { BaseObject: ErasurePlan }
            ? new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message))
            : new ArgumentTransformationMetadataException(message);
    }
}
