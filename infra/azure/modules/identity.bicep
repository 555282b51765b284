// The identity of the running container. It may do nothing by itself but read charters and pull the image: for everything else it proves
// that it stands in for the app registration.
param name string
param location string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
