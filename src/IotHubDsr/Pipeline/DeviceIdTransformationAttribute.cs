using System.Collections;
using System.Management.Automation;
using System.Numerics;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Takes devices from strings and from objects that have the ID of one: twins and devices of Microsoft.Azure.Devices, devices of Az.IotHub,
/// findings, receipts and exports of this module, also after a round trip through Clixml. What an object says of the device's hub is kept
/// with the ID. Without it PowerShell would bind the text form of the whole object.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DeviceIdTransformationAttribute : ArgumentTransformationAttribute
{
    private const string DeviceId = "DeviceId";
    private static readonly string[] Properties = [DeviceId, "Id"];

    /// <summary>What this module, enrolments of the provisioning service and events of the hub call the hub of a device.</summary>
    private static readonly string[] HubProperties = ["HubHostName", "IotHubHostName", "AssignedHub", "HubName", "IotHubName"];

    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var devices = new List<HubDevice>();
        Collect(inputData, new HubDevice(string.Empty), devices);
        return devices.ToArray();
    }

    /// <param name="value">An ID, an object that has one, or a list of these.</param>
    /// <param name="of">What is known of the hub.</param>
    /// <param name="devices">What is found is added to it.</param>
    private static void Collect(object? value, HubDevice of, List<HubDevice> devices)
    {
        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (inner)
        {
            case HubDevice known:
                devices.Add(known);
                break;
            case string { Length: > 0 } text:
                devices.Add(of with { DeviceId = text });
                break;
            case string:
                throw new ArgumentTransformationMetadataException("The device ID is empty.");
            case int or long or uint or ulong or BigInteger or double or decimal:
                devices.Add(OfNumber(value!, inner, of));
                break;
            case IDictionary:
            case not IEnumerable:
                CollectFromProperties(value, devices);
                break;
            case IEnumerable many:
                foreach (object? one in many)
                    Collect(one, of, devices);
                break;
        }
    }

    /// <summary>
    /// PowerShell takes IDs of digits for numbers. It keeps what was typed where a number would be shown otherwise, but not in lists.
    /// </summary>
    private static HubDevice OfNumber(object value, object number, HubDevice of)
    {
        string text = LanguagePrimitives.ConvertTo<string>(value);
        bool isTyped = text != LanguagePrimitives.ConvertTo<string>(number);
        return of with { DeviceId = text, Number = isTyped ? null : number };
    }

    private static void CollectFromProperties(object? value, List<HubDevice> devices)
    {
        foreach (string name in Properties)
        {
            object? property = PropertyOf(value, name);

            // An integer that is called Id is anything, such as that of a process.
            if (property is string or IEnumerable || (property is int or long && name == DeviceId))
            {
                var of = new HubDevice(string.Empty)
                {
                    Hub = HubProperties.Select(hub => PropertyOf(value, hub)).OfType<string>().FirstOrDefault(hub => hub.Length > 0),
                    HubResourceId = PropertyOf(value, "HubResourceId") as string is { Length: > 0 } id ? id : null,
                };
                Collect(property, of, devices);
                return;
            }
        }

        string type = value is null ? "null" : PSObject.AsPSObject(value).TypeNames[0];
        string message = VisibleText.OfLine($"An object of type '{type}' has no DeviceId or Id property with a device ID.");

        // After a cast that failed PowerShell tries the other parameters, of which one takes plans, also in files, and one connections.
        throw value is ErasurePlan or DsrContext or FileInfo or PSObject { BaseObject: ErasurePlan or DsrContext or FileInfo }
            ? new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message))
            : new ArgumentTransformationMetadataException(message);
    }

    private static object? PropertyOf(object? value, string name)
    {
        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        object? property =
            inner is IDictionary table ? ValueOf(table, name)
            : value is null ? null
            : PSObject.AsPSObject(value).Properties[name]?.Value;
        return property is PSObject { BaseObject: var plain } ? plain : property;
    }

    private static object? ValueOf(IDictionary table, string name)
    {
        foreach (DictionaryEntry entry in table)
        {
            if (entry.Key is string key && string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
                return entry.Value;
        }

        return null;
    }
}
