import 'reflect-metadata'; // what makes the library's parts asks for it, and before them

export * from '@peculiar/x509';
