using System.Collections;
using System.Management.Automation;

namespace IotHubDsr.Module.Tests;

/// <summary>Reads properties of objects whose types a test does not know at compile time, because it sees what a user sees.</summary>
internal static class PSObjectReading
{
    /// <param name="source">The object.</param>
    /// <param name="path">Names of properties, separated by dots.</param>
    public static object? Get(this PSObject source, string path)
    {
        object? value = source;
        foreach (string name in path.Split('.'))
        {
            PSPropertyInfo? property = value is null ? null : PSObject.AsPSObject(value).Properties[name];
            Assert.True(property is not null, $"There is no property {name} of {path}.");
            value = property.Value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : property.Value;
        }

        return value;
    }

    public static string Text(this PSObject source, string path) => $"{source.Get(path)}";

    public static T Value<T>(this PSObject source, string path) => (T)source.Get(path)!;

    public static long Number(this PSObject source, string path) =>
        Convert.ToInt64(source.Get(path), System.Globalization.CultureInfo.InvariantCulture);

    public static IReadOnlyList<PSObject> Items(this PSObject source, string path) =>
        [.. ((IEnumerable)source.Get(path)!).Cast<object>().Select(PSObject.AsPSObject)];
}
